"""What a mail server is sent: the headers, the encoding, and what is refused before it is written."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

import pytest

from keepwell.platform.errors import DataValidationError
from keepwell.platform.mail import service
from keepwell.platform.mail.model import Body
from keepwell.platform.values.email_addresses import Mailbox
from tests.integration.mail.sending import LATER, NOON, Sending
from tests.mail_server import SENDER, Inbox, mail_server, server_at

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]


async def test_a_mail_is_sent_once_with_its_headers(sending: Sending, taken: Inbox) -> None:
    mail_id = await sending.write(
        "One.\n.two begins with a dot\nThree ü", subject="Grüße", topic="news", subject_id=uuid4()
    )
    for _ in range(3):
        await sending.round()
        sending.clock.move(LATER)
    (received,) = taken.received
    message = received.message
    assert (received.sender, received.recipients) == (SENDER.address, ["front.desk@shop.example"])
    assert message["Subject"] == "Grüße"
    assert message["From"] == "Keepwell <keepwell@keepwell.example>"
    assert message["To"] == "Front desk <front.desk@shop.example>"
    assert message["Message-ID"] == f"<{mail_id}@keepwell.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == ["One.", ".two begins with a dot", "Three ü"]
    sent = await sending.mail(mail_id)
    assert (sent.status, sent.attempts, sent.reply, sent.ended_at) == ("sent", 1, "250 2.0.0 taken", NOON)


async def test_a_mail_of_a_list_has_a_link_that_leaves_it_in_one_click(
    sending: Sending, taken: Inbox
) -> None:
    subject_id = uuid4()
    await sending.write(topic="digest", subject_id=subject_id, body=Body("Text", "<p>Text</p>"))
    await sending.round()
    message = taken.received[0].message
    assert message["List-Unsubscribe"] == f"<https://keepwell.example/unsubscribe/digest-{subject_id}>"
    # One line, as RFC 8058 requires the header to be readable by simple programs.
    assert f"List-Unsubscribe: <https://keepwell.example/unsubscribe/digest-{subject_id}>\r\n".encode() in (
        taken.received[0].content
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"subject": "Hello\r\nBcc: all@shop.example"}, "subject"),
        ({"subject": "half an emoji \ud83d"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"recipient": Mailbox("a@shop.example\nRCPT TO:<b@shop.example>")}, "recipient address"),
        ({"recipient": Mailbox("a@shop.example", "Name\nBcc: b@shop.example")}, "recipient name"),
        ({"recipient": Mailbox("nobody")}, "recipient address"),
        ({"sender": Mailbox("a@shop.example", "x\u2028y")}, "sender name"),
        ({"body": Body("NUL \x00")}, "text"),
        ({"body": Body("fine", "<p>\udfff</p>")}, "html"),
    ],
)
async def test_what_cannot_be_sent_is_refused_by_name_before_a_row_exists(
    sending: Sending, fields: dict[str, Any], named: str
) -> None:
    with pytest.raises(DataValidationError, match=f"^{named}:"):
        await sending.write(**fields)
    async with sending.database.workspace(sending.workspace_id) as connection:
        found = await service.list_mails(connection, workspace_id=sending.workspace_id, limit=10)
    assert found.items == []


async def test_names_and_addresses_that_are_not_ascii(sending: Sending, inbox: Inbox) -> None:
    named = Mailbox("buchhaltung@grün.example", "Buchhaltung Müller, Süd")
    with mail_server(inbox, enable_SMTPUTF8=False) as port:
        sending.use(server_at(port))
        domain_only = await sending.write(recipient=named)
        unsendable = await sending.write(recipient=Mailbox("grün@shop.example"))
        await sending.round()
        assert (await sending.mail(domain_only)).status == "sent"
        failed = await sending.mail(unsendable)
        assert failed.status == "failed"
        assert "SMTPUTF8" in (failed.reply or "")
    with mail_server(inbox) as port:
        sending.use(server_at(port))
        await sending.send_again(unsendable)
        await sending.round()
    first, second = inbox.received
    assert first.recipients == ["buchhaltung@xn--grn-ioa.example"]
    assert first.message["To"].addresses[0].display_name == "Buchhaltung Müller, Süd"
    assert second.recipients == ["grün@shop.example"]
    assert sending.bounced == []


def decoded(header: str) -> str:
    return str(make_header(decode_header(header)))


async def test_what_looks_like_an_encoded_word_is_shown_as_written_and_adds_no_header(
    sending: Sending, taken: Inbox
) -> None:
    hidden = "=?utf-8?q?x=0D=0ABcc:_somebody@else.example?="
    await sending.write(subject=hidden, recipient=Mailbox("front.desk@shop.example", hidden))
    await sending.round()
    message = message_from_bytes(taken.received[0].content)
    assert "Bcc" not in message
    shown = [decoded(message["Subject"]), decoded(parseaddr(message["To"])[0])]
    assert shown == [hidden, hidden]


async def test_no_server_gets_more_than_seven_bits_or_an_encoded_word_of_more_than_75_letters(
    sending: Sending, taken: Inbox
) -> None:
    subject = "Ä, ".join("Grüße aus dem Süden" for _ in range(20))
    await sending.write(
        "Müller\n", subject=subject, recipient=Mailbox("front.desk@shop.example", "Süd, " * 40 + "Ost")
    )
    await sending.round()
    (received,) = taken.received
    assert received.content.isascii()
    assert decoded(message_from_bytes(received.content)["Subject"]) == subject
    assert max(map(len, re.findall(rb"=\?utf-8\?.*?\?=", received.content))) <= 75
    assert received.message.get_content().splitlines() == ["Müller"]

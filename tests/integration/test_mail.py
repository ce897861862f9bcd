"""Mails on a real database, by a real mail server: what is sent, how often, and what is known afterwards."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import Conflict, DataValidationError
from keepwell.platform.ids import Uuid7
from keepwell.platform.mail import service
from keepwell.platform.mail.delivery import Courier, Timeouts
from keepwell.platform.mail.jobs import MailWork, Subject, retention_kind
from keepwell.platform.mail.model import Body, MailDetail, NewMail
from keepwell.platform.mail.service import Outbox, seal_of
from keepwell.platform.runtime import Runtime
from keepwell.platform.smtp_settings import MailServer, Tls
from keepwell.platform.values.email_addresses import Mailbox
from keepwell.platform.work.kinds import TransactionalKind
from keepwell.platform.work.worker import Worker
from tests.certificates import certificate
from tests.clocks import MovableClock
from tests.integration.due_work import EFFECT, effects, schedule, table_of_effects, write_effect
from tests.mail_server import (
    SENDER,
    USER,
    Inbox,
    mail_server,
    mail_server_behind,
    server_at,
    with_password,
)
from tests.tcp_proxy import FaultProxy

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = timedelta(hours=7)
END_OF_CONTENT = b"\r\n.\r\n"
QUICK = Timeouts(connect=5, reply=5, content=5)


@pytest.fixture(autouse=True)
def _nothing_is_due(conninfo: str) -> None:
    # A worker looks into every workspace, also those of other tests.
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("delete from due_work")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


class Sending:
    """A workspace whose mails go to one server, by a worker whose clock the test moves."""

    def __init__(self, database: Database, workspace: Workspace, settings: Settings) -> None:
        self.database, self.workspace_id, self.settings = database, workspace.id, settings
        self.clock = MovableClock(NOON)
        self.bounced: list[UUID] = []
        self.timeouts = QUICK
        self.tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def use(self, server: MailServer | None) -> None:
        self.settings = msgspec.structs.replace(self.settings, mail_server=server)

    async def write(self, text: str = "How are you?", **fields: Any) -> UUID:
        mail = NewMail(
            **{
                "kind": "note",
                "recipient": Mailbox("front.desk@shop.example", "Front desk"),
                "subject": "A word",
                "body": Body(text),
                **fields,
            }
        )
        outbox = Outbox(self.settings, runtime=Runtime(self.clock, Uuid7(self.clock)))
        async with self.database.workspace(self.workspace_id) as connection:
            written = await outbox.write(connection, mail, workspace_id=self.workspace_id)
        assert written is not None
        return written

    def worker(self, *others: TransactionalKind) -> Worker:
        async def bounced(_connection: Connection, subject: Subject) -> None:
            self.bounced.append(subject.subject_id)

        server = self.settings.mail_server
        courier = None
        if server is not None:
            courier = Courier(server, hostname="localhost", timeouts=self.timeouts, tls=self.tls)
        sending = MailWork(
            self.database,
            courier,
            sender=None if server is None else server.sender,
            seal=seal_of(self.settings),
            unsubscribe_link=lambda each: (
                f"https://keepwell.example/unsubscribe/{each.topic}-{each.subject_id}"
            ),
            undeliverable=bounced,
            clock=self.clock,
            jitter=lambda: 0.0,
        )
        return Worker(self.database, [sending.kind(), *others], clock=self.clock, jitter=lambda: 0.0)

    async def round(self) -> None:
        await self.worker().round()

    async def mail(self, mail_id: UUID) -> MailDetail:
        async with self.database.workspace(self.workspace_id) as connection:
            return await service.get_mail(connection, self.workspace_id, mail_id=mail_id)

    async def send_again(self, mail_id: UUID) -> MailDetail:
        async with self.database.workspace(self.workspace_id) as connection:
            return await service.send_again(
                connection,
                self.workspace_id,
                mail_id=mail_id,
                clock=self.clock,
                has_server=self.settings.mail_server is not None,
            )


@pytest.fixture
def sending(database: Database, workspace: Workspace, settings_of_test: Settings) -> Sending:
    return Sending(database, workspace, settings_of_test)


@pytest.fixture
def taken(inbox: Inbox, sending: Sending) -> Iterator[Inbox]:
    with mail_server(inbox) as port:
        sending.use(server_at(port))
        yield inbox


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


@pytest.mark.parametrize("step", ["to_sender", "to_recipient", "to_content"])
async def test_a_refusal_for_now_is_tried_again_with_the_same_message(
    sending: Sending, taken: Inbox, step: str
) -> None:
    getattr(taken, step).extend(["451 4.7.1 greylisted", "421 4.3.2 too busy"])
    mail_id = await sending.write()
    await sending.round()
    waiting = await sending.mail(mail_id)
    assert (waiting.status, waiting.attempts) == ("waiting", 1)
    assert "451 4.7.1 greylisted" in (waiting.reply or "")
    await sending.round()
    assert taken.received == []
    for _ in range(2):
        sending.clock.move(LATER)
        await sending.round()
    assert [each.message["Message-ID"] for each in taken.received] == [waiting.message_id]
    assert (await sending.mail(mail_id)).attempts == 3
    assert sending.bounced == []


@pytest.mark.parametrize(
    ("step", "answer", "marked"),
    [
        ("to_recipient", "550 5.1.1 no such user", 1),
        ("to_recipient", "550 no such user", 1),
        ("to_recipient", "553 the mailbox of this user is disabled", 1),
        ("to_recipient", "550 junk mail: 203.0.113.9 is in an RBL, blocked", 0),
        ("to_recipient", "550 relaying is not permitted", 0),
        ("to_recipient", "550 the sender address was not found", 0),
        ("to_recipient", "550 5.7.1 your address is on a blocklist", 0),
        ("to_content", "554 5.7.1 looks like spam", 0),
    ],
)
async def test_a_refusal_is_final_and_marks_the_contact_if_the_address_is_why(
    sending: Sending, taken: Inbox, step: str, answer: str, marked: int
) -> None:
    getattr(taken, step).append(answer)
    contact = uuid4()
    mail_id = await sending.write(subject_id=contact)
    for _ in range(2):
        await sending.round()
        sending.clock.move(LATER)
    failed = await sending.mail(mail_id)
    assert failed.status == "failed"
    assert answer in (failed.reply or "")
    assert (taken.received, sending.bounced) == ([], [contact] * marked)


async def test_a_refused_sender_is_a_setting_and_loses_no_mail(sending: Sending, taken: Inbox) -> None:
    taken.to_sender.append("553 5.7.1 not your address")
    mail_id = await sending.write()
    await sending.round()
    assert (await sending.mail(mail_id)).status == "waiting"
    sending.clock.move(LATER)
    await sending.round()
    assert len(taken.received) == 1


@pytest.mark.parametrize("fault", ["resets_commits", "withholds_commits"])
async def test_a_cut_after_the_content_is_unknown_and_not_sent_again_by_itself(
    sending: Sending, inbox: Inbox, tmp_path: Path, fault: str
) -> None:
    socket = tmp_path / "smtp"
    with mail_server_behind(socket, inbox), FaultProxy(socket, commit=END_OF_CONTENT) as proxy:
        sending.use(server_at(proxy.port))
        sending.timeouts = Timeouts(connect=5, reply=5, content=0.5)
        setattr(proxy, fault, True)
        mail_id = await sending.write()
        await sending.round()
        setattr(proxy, fault, False)
        lost = await sending.mail(mail_id)
        assert (lost.status, lost.attempts) == ("unknown", 1)
        assert "no answer to the content" in (lost.reply or "")
        sending.clock.move(timedelta(days=1))
        await sending.round()
        # The server had taken it: sending it again would have doubled it.
        assert len(inbox.received) == 1
        await sending.send_again(mail_id)
        await sending.round()
    assert [each.message["Message-ID"] for each in inbox.received] == [lost.message_id] * 2
    assert (await sending.mail(mail_id)).status == "sent"


async def test_a_sender_that_is_killed_while_the_content_is_sent_leaves_an_unknown_outcome(
    sending: Sending, inbox: Inbox, tmp_path: Path
) -> None:
    socket = tmp_path / "smtp"
    with mail_server_behind(socket, inbox), FaultProxy(socket, commit=END_OF_CONTENT) as proxy:
        sending.use(server_at(proxy.port))
        proxy.withholds_commits = True
        mail_id = await sending.write()
        attempt = asyncio.create_task(sending.round())
        async with asyncio.timeout(10):
            while (await sending.mail(mail_id)).status != "sending":  # noqa: ASYNC110  another process would commit it
                await asyncio.sleep(0.01)
        attempt.cancel()
        await asyncio.wait([attempt])
        proxy.withholds_commits = False
        sending.clock.move(timedelta(hours=1))
        await sending.round()
    assert (await sending.mail(mail_id)).status == "unknown"


async def test_a_worker_that_is_told_to_stop_sends_the_mail_that_it_has_begun(
    sending: Sending, taken: Inbox
) -> None:
    taken.silence = 0.5
    mail_id = await sending.write()
    working = asyncio.create_task(sending.worker().work())
    async with asyncio.timeout(10):
        while not taken.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    working.cancel()
    await asyncio.wait([working])
    assert (await sending.mail(mail_id)).status == "sent"


@pytest.mark.parametrize("when", ["before the greeting", "after it was cut", "nobody listens"])
async def test_a_server_that_cannot_be_used_gets_the_mail_later(
    sending: Sending, inbox: Inbox, tmp_path: Path, when: str
) -> None:
    socket = tmp_path / "smtp"
    with mail_server_behind(socket, inbox), FaultProxy(socket) as proxy:
        sending.use(server_at(1 if when == "nobody listens" else proxy.port))
        sending.timeouts = Timeouts(connect=0.3, reply=0.3, content=0.3)
        proxy.is_black_hole = when == "before the greeting"
        proxy.latency = 0.2 if when == "after it was cut" else 0.0
        mail_id = await sending.write()
        attempt = asyncio.create_task(sending.round())
        if when == "after it was cut":
            await asyncio.sleep(0.3)
            proxy.cut()
        await attempt
        waiting = await sending.mail(mail_id)
        assert (waiting.status, waiting.attempts) == ("waiting", 1)
        assert "The mail server" in (waiting.reply or "")
        proxy.is_black_hole, proxy.latency = False, 0.0
        sending.use(server_at(proxy.port))
        sending.timeouts = QUICK
        sending.clock.move(LATER)
        await sending.round()
    assert (len(inbox.received), (await sending.mail(mail_id)).status) == (1, "sent")


async def test_a_server_that_hangs_does_not_hold_up_other_work(
    sending: Sending, inbox: Inbox, conninfo: str
) -> None:
    inbox.silence = 1.5
    with mail_server(inbox) as port, table_of_effects(conninfo):
        sending.use(server_at(port))
        for _ in range(6):
            await sending.write()
        subjects = await schedule(sending.database, sending.workspace_id, due_at=NOON, count=20)
        attempt = asyncio.create_task(
            sending.worker(TransactionalKind(name=EFFECT, run=write_effect)).round()
        )
        began = time.monotonic()
        while len(await effects(sending.database, subjects)) < len(subjects):
            assert time.monotonic() - began < 1.0
            await asyncio.sleep(0.01)
        inbox.silence = 0.0
        await attempt


async def test_starttls_and_a_password_are_used_and_a_wrong_one_is_named(
    sending: Sending, inbox: Inbox, tmp_path: Path
) -> None:
    own = certificate(tmp_path, name="localhost")
    sending.tls = partial(ssl.create_default_context, cafile=str(own))
    with mail_server(inbox, **with_password(own)) as port:
        right = server_at(port, tls=Tls.STARTTLS, host="localhost", user=USER)
        sending.use(msgspec.structs.replace(right, password="wrong"))  # noqa: S106
        mail_id = await sending.write()
        await sending.round()
        reply = (await sending.mail(mail_id)).reply or ""
        assert "refuses the user or password: 535" in reply
        assert "wrong" not in reply
        sending.use(right)
        sending.clock.move(LATER)
        await sending.round()
    assert len(inbox.received) == 1


async def test_a_server_without_tls_or_with_a_foreign_certificate_gets_nothing(
    sending: Sending, inbox: Inbox, tmp_path: Path
) -> None:
    with mail_server(inbox) as port:
        sending.use(server_at(port, tls=Tls.STARTTLS, host="localhost"))
        mail_id = await sending.write()
        await sending.round()
        assert "STARTTLS" in ((await sending.mail(mail_id)).reply or "").upper()
    with mail_server(inbox, **with_password(certificate(tmp_path, name="localhost"))) as port:
        sending.use(server_at(port, tls=Tls.STARTTLS, host="localhost", user=USER))
        sending.clock.move(LATER)
        await sending.round()
        assert "certificate" in ((await sending.mail(mail_id)).reply or "")
    assert inbox.received == []


async def test_without_a_server_mails_are_kept_and_readable_and_can_be_sent_later(
    sending: Sending, inbox: Inbox
) -> None:
    mail_id = await sending.write("Kept text")
    await sending.round()
    kept = await sending.mail(mail_id)
    assert (kept.status, kept.reply, kept.text) == ("kept", "not sent: no mail server", "Kept text")
    with pytest.raises(Conflict, match="no mail server"):
        await sending.send_again(mail_id)
    with mail_server(inbox) as port:
        sending.use(server_at(port))
        await sending.round()
        assert inbox.received == []
        await sending.send_again(mail_id)
        await sending.round()
    assert len(inbox.received) == 1


async def test_a_confidential_mail_is_read_by_its_recipient_only_and_forgotten_once_sent(
    sending: Sending, taken: Inbox, conninfo: str
) -> None:
    mail_id = await sending.write("The secret link", confidential=True, lifetime=timedelta(minutes=30))
    with psycopg.connect(conninfo) as connection:
        stored = connection.execute("select mails::text from mails where id = %s", [mail_id]).fetchone()
        assert stored is not None
        assert b"secret" not in bytes.fromhex(stored[0].split("\\\\x")[1].split('"')[0])
        assert "secret" not in stored[0]
    await sending.round()
    assert "The secret link" in taken.received[0].message.get_content()
    sent = await sending.mail(mail_id)
    assert (sent.status, sent.text, sent.html) == ("sent", None, None)
    with pytest.raises(Conflict, match="sent"):
        await sending.send_again(mail_id)


async def test_a_mail_that_waited_too_long_is_not_sent(sending: Sending, taken: Inbox) -> None:
    taken.to_recipient.append("450 4.2.1 later")
    mail_id = await sending.write(confidential=True, lifetime=timedelta(minutes=30))
    await sending.round()
    sending.clock.move(LATER)
    await sending.round()
    expired = await sending.mail(mail_id)
    assert (expired.status, taken.received) == ("expired", [])
    assert "450 4.2.1 later" in (expired.reply or "")
    with pytest.raises(Conflict, match="valid no longer"):
        await sending.send_again(mail_id)


async def test_who_left_a_list_gets_no_mail_of_it_even_one_that_was_due(
    sending: Sending, taken: Inbox
) -> None:
    left, stayed = uuid4(), uuid4()
    of_list = {each: await sending.write(topic="news", subject_id=each) for each in (left, stayed)}
    async with sending.database.workspace(sending.workspace_id) as connection:
        for _ in range(2):
            await service.opt_out(
                connection, sending.workspace_id, topic="news", subject_id=left, clock=sending.clock
            )
    await sending.round()
    statuses = [(await sending.mail(each)).status for each in of_list.values()]
    assert (statuses, len(taken.received)) == (["unsubscribed", "sent"], 1)


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


async def test_of_two_mails_for_one_occasion_only_the_first_exists(sending: Sending) -> None:
    await sending.write(once="digest 2026-W10")
    with pytest.raises(AssertionError):
        await sending.write(once="digest 2026-W10")


async def test_after_400_days_mails_go_except_those_on_their_way(sending: Sending, taken: Inbox) -> None:
    taken.to_recipient.append("450 later")
    old = [await sending.write() for _ in range(2)]
    await sending.round()
    statuses = [(await sending.mail(each)).status for each in old]
    assert sorted(statuses) == ["sent", "waiting"]
    sending.clock.move(timedelta(days=401))
    kept = await sending.write()
    retention = Worker(
        sending.database, [retention_kind(clock=sending.clock)], clock=sending.clock, jitter=lambda: 0.0
    )
    await retention.round()
    async with sending.database.workspace(sending.workspace_id) as connection:
        found = await service.list_mails(connection, workspace_id=sending.workspace_id, limit=10)
    assert {each.id for each in found.items} == {kept, old[statuses.index("waiting")]}

"""A mail has the headers that we write, whatever its names and subjects imitate."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID

import msgspec
import pytest

from keepwell.platform.errors import DataValidationError
from keepwell.platform.mail.message import Letter, encoded
from keepwell.platform.mail.model import Body
from keepwell.platform.values.email_addresses import Mailbox, parsed_mailbox, valid_email

OURS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
OF_THE_CONTENT = ["Content-Type", "Content-Transfer-Encoding", "MIME-Version"]


def letter(*, name: str, subject: str) -> Letter:
    return Letter(
        id=UUID(int=1),
        message_id="<1@keepwell.example>",
        sender=Mailbox("keepwell@keepwell.example", name),
        recipient=Mailbox("ada@customer.example", name),
        subject=subject,
        body=Body("Hello"),
        written_at=datetime(2026, 1, 1, tzinfo=UTC),
        unsubscribe=None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?a=0D=0ABcc:_eve=40evil.example=0D=0A=0D=0Aanother_body?=",
        "=?utf-8?b?YQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
        "é =?utf-8?q?=0aX-Injected:_1?=",
        "==?utf-8?q?=0aX-Injected:_1?=",
        "=?utf-8?b?AA==?=",
    ],
)
def test_an_encoded_word_in_a_name_or_subject_adds_no_header(text: str) -> None:
    raw = encoded(letter(name=text, subject=text))
    message = message_from_bytes(raw, policy=policy.default)
    assert message.keys() == [*OURS, *OF_THE_CONTENT]
    assert raw.partition(b"\r\n\r\n")[2] == b"Hello\r\n"
    assert not set(raw.replace(b"\r\n", b"")) & set(b"\0\r\n")
    assert message["Subject"] == text


@pytest.mark.parametrize("turning", ["\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"])
def test_a_name_or_a_text_does_not_turn_what_follows_it(turning: str) -> None:
    end = "\u202c" if turning < "\u2066" else "\u2069"
    name = f"{turning}Ada{end} عدا"
    turned = msgspec.structs.replace(
        letter(name=name, subject=f"Hello {name}"), body=Body(f"Dear {name}", f"<p>{name}</p>")
    )
    message = message_from_bytes(encoded(turned), policy=policy.default)
    assert message["Subject"] == "Hello Ada عدا"
    assert [message[header].addresses[0].display_name for header in ("From", "To")] == ["Ada عدا"] * 2
    contents = [part.get_content().strip() for part in message.iter_parts()]
    assert contents == ["Dear Ada عدا", "<p>Ada عدا</p>"]


def test_an_address_with_an_encoded_word_is_refused() -> None:
    with pytest.raises(DataValidationError, match=r"email: has =\?"):
        valid_email("=?utf-8?q?a=0aX=3Ab?=@evil.example", field="email")
    with pytest.raises(DataValidationError, match=r"sender: has =\?"):
        parsed_mailbox("Eve <=?utf-8?q?a=0aX=3Ab?=@evil.example>", field="sender")

"""Mails, the statuses that they pass through, and what a mail server's answers mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.email_addresses import Mailbox, require_header_text, valid_email

# kept: no mail server is configured. unknown: the server may or may not have it, so it is not sent again by itself.
MailStatus: TypeAlias = Literal[
    "kept", "waiting", "sending", "sent", "failed", "unknown", "expired", "unsubscribed"
]
MailSort: TypeAlias = Literal["id", "-id"]
STATUSES: Sequence[MailStatus] = get_args(MailStatus)
# A person may send these again; the others are on their way, were taken, or are not wanted.
SENDABLE: frozenset[MailStatus] = frozenset({"kept", "failed", "unknown", "expired"})
NO_SERVER = "not sent: no mail server"
# RFC 5321, section 4.5.4.1: give up after four or five days.
GIVEN_UP_AFTER = timedelta(days=5)
LONGEST_SUBJECT = 500
LONGEST_BODY = 500_000
_LONGEST_REPLY = 500
# RFC 5321: 4yz may pass later, 5yz does not.
_FIRST_PERMANENT = 500
_NOT_STORABLE = re.compile(r"[\x00\ud800-\udfff]")
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
# RFC 3463: the mailbox or its domain does not exist, has moved, or takes nothing.
_ABOUT_THE_ADDRESS = re.compile(r"5\.(1\.[1236]|1\.10|2\.1)")
# Without an enhanced code: no such mailbox, not local, not allowed as a name.
_MAILBOX_CODES = {550, 551, 553}
# Servers use these for blocklists and policy too, so the text must say that it is the mailbox.
_NAMES_THE_MAILBOX = re.compile(
    r"\b(no such|unknown|invalid|non-?existent) (user|mailbox|recipient|account|address|person)\b"
    r"|\b(user|mailbox|recipient|account|address)\b.*\b(unknown|not found|not exist|n't exist|disabled|unavailable|invalid|no longer)\b",
    re.IGNORECASE | re.DOTALL,
)


class Body(msgspec.Struct, frozen=True):
    """The text of a mail, and the same as HTML if it has one."""

    text: str
    html: str | None = None


class NewMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to write down. `kind` says what it is about: `sign-in`, `digest`.

    With `once`, a second mail with the same text is not written. With `topic`, `subject_id` can leave that list by a link,
    and gets no mail of it any more. A `confidential` mail can be read by its recipient only. After `lifetime`, it is not sent.
    """

    kind: str
    recipient: Mailbox
    subject: str
    body: Body
    sender: Mailbox | None = None
    subject_id: UUID | None = None
    topic: str | None = None
    once: str | None = None
    confidential: bool = False
    lifetime: timedelta = GIVEN_UP_AFTER


class MailItem(msgspec.Struct, frozen=True):
    """A mail and what became of it; `reply` is the server's last answer, or why there was none."""

    id: UUID
    kind: str
    status: MailStatus
    recipient_name: str | None
    recipient_address: str
    subject: str
    attempts: int
    reply: str | None
    created_at: datetime
    ended_at: datetime | None


class MailDetail(MailItem, frozen=True):
    """With its texts, which are null if only the recipient may read them."""

    message_id: str
    subject_id: UUID | None
    text: str | None
    html: str | None


class MailPage(msgspec.Struct, frozen=True):
    """A page of mails, and the cursor of the next page, if any."""

    items: Sequence[MailItem]
    next: str | None


class Reply(msgspec.Struct, frozen=True):
    """A server's answer to one command: `step` is `sender`, `recipient` or `content`."""

    step: Literal["sender", "recipient", "content"]
    code: int
    text: str

    @property
    def is_temporary(self) -> bool:
        """Whether the same mail may be taken later. A refused sender is a setting, which somebody can correct."""
        return self.code < _FIRST_PERMANENT or self.step == "sender"

    @property
    def is_about_the_address(self) -> bool:
        """Whether the recipient's address takes no mail at all, whatever it says."""
        if self.step != "recipient" or self.is_temporary:
            return False
        enhanced = _ENHANCED.match(self.text)
        if enhanced is not None:
            return _ABOUT_THE_ADDRESS.fullmatch(enhanced[1]) is not None
        is_named = _NAMES_THE_MAILBOX.search(self.text) is not None and "sender" not in self.text.lower()
        return self.code in _MAILBOX_CODES and is_named

    def __str__(self) -> str:
        return storable_reply(f"{self.step}: {self.code} {self.text}")


def checked(new: NewMail) -> NewMail:
    """`new` with its addresses in one form; raises DataValidationError that names the field that cannot be sent."""
    recipient = _mailbox(new.recipient, field="recipient")
    sender = None if new.sender is None else _mailbox(new.sender, field="sender")
    require_header_text(new.subject, field="subject")
    if not 0 < len(new.subject) <= LONGEST_SUBJECT:
        raise DataValidationError(f"subject: has {len(new.subject)} of 1 to {LONGEST_SUBJECT} characters.")
    for field, text in (("text", new.body.text), ("html", new.body.html or "")):
        if len(text) > LONGEST_BODY:
            raise DataValidationError(f"{field}: is longer than {LONGEST_BODY:,} characters.")
        if found := _NOT_STORABLE.search(text):
            raise DataValidationError(f"{field}: has a character that is not text: {found[0]!r}.")
    return msgspec.structs.replace(new, recipient=recipient, sender=sender)


def _mailbox(given: Mailbox, *, field: str) -> Mailbox:
    require_header_text(given.address, field=f"{field} address")
    if given.name is not None:
        require_header_text(given.name, field=f"{field} name")
    return Mailbox(valid_email(given.address, field=f"{field} address").normalized, given.name or None)


def storable_reply(text: str) -> str:
    """`text`, which a server may have chosen, as it can be kept and shown: bounded, in one line, without control characters."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return shown.encode("utf-8", "replace").decode()[:_LONGEST_REPLY]

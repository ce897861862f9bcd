"""A mail as it goes over the wire: RFC 5322, the same bytes for every attempt."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from uuid import UUID

import idna
import msgspec

from keepwell.platform.email_addresses import Mailbox
from keepwell.platform.mail.model import Body

# Longer header lines are legal up to here, and a link must not be folded.
_LONGEST_LINE = 998
_ASCII = EmailPolicy(linesep="\r\n", max_line_length=_LONGEST_LINE)
_UTF8 = _ASCII.clone(utf8=True)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a mail's bytes are made of; `unsubscribe` is the link by which the recipient leaves a list."""

    id: UUID
    message_id: str
    sender: Mailbox
    recipient: Mailbox
    subject: str
    body: Body
    written_at: datetime
    unsubscribe: str | None

    @property
    def needs_utf8(self) -> bool:
        """Whether an address cannot be written in ASCII, so that the server must know SMTPUTF8 (RFC 6531)."""
        return not (envelope(self.sender.address) + envelope(self.recipient.address)).isascii()


def envelope(address: str) -> str:
    """`address` as SMTP commands name it: the domain in ASCII, which every server takes, if the part before it is too."""
    local, _, domain = address.rpartition("@")
    if not local.isascii() or domain.isascii():
        return address
    return f"{local}@{idna.encode(domain, uts46=True).decode()}"


def message_id(mail_id: UUID, *, domain: str) -> str:
    """The Message-ID of a mail: the same for every attempt, so that a repeated one can be recognised."""
    return f"<{mail_id}@{domain}>"


def encoded(letter: Letter) -> bytes:
    """The message with CRLF line ends."""
    message = EmailMessage(policy=_UTF8 if letter.needs_utf8 else _ASCII)
    message["From"] = _address(letter.sender)
    message["To"] = _address(letter.recipient)
    message["Subject"] = _without_codes(letter.subject)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        # RFC 8058: a POST of exactly this leaves the list.
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.body.text)
    if letter.body.html is not None:
        message.add_alternative(letter.body.html, subtype="html")
        # A random one would make every attempt another message.
        message.set_boundary(f"keepwell-{letter.id.hex}")
    return message.as_bytes()


def _address(mailbox: Mailbox) -> Address:
    local, _, domain = envelope(mailbox.address).rpartition("@")
    return Address(_without_codes(mailbox.name or ""), local, domain)


def _without_codes(text: str) -> str:
    """`text` without the beginning of an encoded word (RFC 2047): the library would decode it, line feeds included."""
    return text.replace("=?", "= ?")

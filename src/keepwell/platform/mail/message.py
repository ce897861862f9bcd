"""A mail as it goes over the wire: RFC 5322, the same bytes for every attempt."""

from __future__ import annotations

from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, quote
from uuid import UUID

import idna
import msgspec

from keepwell.platform.mail.model import Body
from keepwell.platform.values.email_addresses import Mailbox

# Content in 7 bits, since not every server takes more (RFC 6152), and in lines as long as they may be.
_CONTENT = EmailPolicy(linesep="\r\n", max_line_length=998, cte_type="7bit")
# RFC 2047, section 2: no line with an encoded word in it is longer.
_LONGEST_ENCODED_LINE = 76
# The embeddings, overrides and isolates of Unicode's bidirectional algorithm: with one of them, a name would show what
# follows it backwards, an address too. Scripts that are written from right to left need none.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


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
    """The message with CRLF line ends; nothing in a name or a text turns the direction of writing."""
    content = EmailMessage(policy=_CONTENT)
    content.set_content(letter.body.text.translate(_TURNING))
    if letter.body.html is not None:
        content.add_alternative(letter.body.html.translate(_TURNING), subtype="html")
        # A random one would make every attempt another message.
        content.set_boundary(f"keepwell-{letter.id.hex}")
    return _headers(letter).encode() + content.as_bytes()


def _headers(letter: Letter) -> str:
    """The headers, not as Python folds them.

    It decodes what looks like an encoded word in a text, and writes the line feeds in that as ends of the header
    (python/cpython#121650); it also loses spaces between encoded words.
    """
    subject = letter.subject.translate(_TURNING)
    headers = {
        "From": _address("From", letter.sender),
        "To": _address("To", letter.recipient),
        "Subject": subject if _is_plain(subject) else _encoded_words("Subject", subject),
        "Date": format_datetime(letter.written_at),
        "Message-ID": letter.message_id,
        "Auto-Submitted": "auto-generated",
    }
    if letter.unsubscribe is not None:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        # RFC 8058: a POST of exactly this leaves the list.
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _address(header: str, mailbox: Mailbox) -> str:
    address = f"<{envelope(mailbox.address)}>"
    if mailbox.name is None:
        return address
    name = mailbox.name.translate(_TURNING)
    if _is_plain(name):
        return f'"{quote(name)}" {address}'
    return f"{_encoded_words(header, name)}\r\n {address}"


def _is_plain(text: str) -> bool:
    """Whether `text` is shown as it is written: nothing in it looks like an encoded word."""
    return text.isascii() and "=?" not in text


def _encoded_words(header: str, text: str) -> str:
    return Header(text, "utf-8", maxlinelen=_LONGEST_ENCODED_LINE, header_name=header).encode(linesep="\r\n")

"""E-mail addresses as people write them, checked without asking the network."""

from __future__ import annotations

import re
from email.utils import getaddresses
from typing import TYPE_CHECKING

import msgspec

from keepwell.platform.errors import DataValidationError

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

# What would end a header line, or cannot be shown in one: control characters, and halves of surrogate pairs.
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Mailbox(msgspec.Struct, frozen=True):
    """An address, and the name shown beside it, if any."""

    address: str
    name: str | None = None


def valid_email(text: str, *, field: str) -> ValidatedEmail:
    """`text` in its parts; raises DataValidationError that names `field` if it is not an e-mail."""
    import email_validator  # noqa: PLC0415  a quarter of the start of a command that reads no address

    # A private network has domains that no public name server knows, such as `corp.local`.
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    hint = "For example ada@example.org."
    if "=?" in text:
        raise DataValidationError(
            f"{field}: has =?, with which mail programs begin an encoded word.", hint=hint
        )
    try:
        return email_validator.validate_email(text, check_deliverability=False, globally_deliverable=False)
    except email_validator.EmailNotValidError as error:
        raise DataValidationError(f"{field}: {error}", hint=hint) from None


def require_header_text(text: str, *, field: str) -> None:
    """Raise DataValidationError that names `field` if `text` would end a header line, or is not text."""
    found = _NOT_IN_A_HEADER.search(text)
    if found is not None:
        raise DataValidationError(
            f"{field}: has a line feed or another character that a mail's header cannot hold: {found[0]!r}.",
            hint="Write it in one line.",
        )


def parsed_mailbox(text: str, *, field: str) -> Mailbox:
    """`Name <address>` or an address; raises DataValidationError that names `field`."""
    require_header_text(text, field=field)
    found = getaddresses([text])
    name, address = found[0] if len(found) == 1 else ("", text)
    return Mailbox(valid_email(address or text, field=field).normalized, name or None)

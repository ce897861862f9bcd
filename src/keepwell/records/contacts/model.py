"""Contacts as clients see and write them, and what makes their details valid."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.identity.emails import mail_address
from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.fields import Text, one_line
from keepwell.platform.values.localization import Locale, TimeZone, locale, time_zone
from keepwell.platform.values.periods import Instant

ContactSort = Literal["name", "-name"]
EmailText = Annotated[str, msgspec.Meta(min_length=3, max_length=320, examples=["billing@arcade.example"])]
Website = Annotated[str, msgspec.Meta(min_length=4, max_length=2000, examples=["https://arcade.example"])]
Phone = Annotated[str, msgspec.Meta(min_length=3, max_length=50, examples=["+49 30 5550123"])]

_PHONE = re.compile(r"[0-9A-Za-z +().,/#*;:-]{3,50}")
_FEWEST_DIGITS = 3
# What a spreadsheet makes of a phone number that it takes for a number: 4.93055E+11, 305550123.0.
_MANGLED = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+|[0-9]+[.,]0")


class ContactItem(msgspec.Struct, frozen=True):
    """A person or a role at an account, such as its front desk.

    Invoices and payment matters go to the one that `is_billing`; an account has at most one. A contact that
    unsubscribed gets no other mail. `is_undeliverable` if a mail server said that its `email` takes no mail.
    """

    id: UUID
    external_id: str
    account_id: UUID
    name: str | None
    email: str | None
    phone: str | None
    locale: str | None
    time_zone: str | None
    website: str | None
    is_billing: bool
    unsubscribed_at: datetime | None
    is_undeliverable: bool
    version: int


class ContactPage(msgspec.Struct, frozen=True):
    """A page of contacts, and the cursor of the next page, if any."""

    items: Sequence[ContactItem]
    next: str | None


class ContactFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of a contact list; a contact without a name is sorted by its e-mail."""

    account_id: UUID | None = None
    email: str | None = None
    is_billing: bool | None = None
    sort: ContactSort = "name"


class NewContact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact to add; `external_id` is its id in the source system, by default ours."""

    account_id: UUID
    external_id: Text | None = None
    name: Text | None = None
    email: EmailText | None = None
    phone: Phone | None = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None
    website: Website | None = None
    is_billing: bool = False
    unsubscribed_at: Instant | None = None


class ContactChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change."""

    name: Text | UnsetType | None = UNSET
    email: EmailText | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    locale: Locale | UnsetType | None = UNSET
    time_zone: TimeZone | UnsetType | None = UNSET
    website: Website | UnsetType | None = UNSET
    is_billing: bool | UnsetType = UNSET
    unsubscribed_at: Instant | UnsetType | None = UNSET


class AuditedContact(msgspec.Struct, frozen=True):
    """What the audit log keeps of a contact: no name, address or number, so that erasing a person removes little from it.

    `details` are the names of the fields that say something, `changed` those that the change set.
    """

    external_id: str
    account_id: UUID
    is_billing: bool
    unsubscribed_at: datetime | None
    details: Sequence[str]
    changed: Sequence[str] = ()


def audited(contact: ContactItem, *, changed: Sequence[str] = ()) -> AuditedContact:
    """What the audit log keeps of `contact`."""
    details = [name for name in DETAILS if getattr(contact, name) is not None]
    return AuditedContact(
        contact.external_id,
        contact.account_id,
        contact.is_billing,
        contact.unsubscribed_at,
        details,
        changed=changed,
    )


def _phone(text: str) -> str:
    """The number with plain spaces: those copied from pages and letters are often ones that do not break."""
    text = re.sub(r"[\u00a0\u2007\u202f]", " ", text)
    if _MANGLED.fullmatch(text):
        raise DataValidationError(
            f"{text!r} is a phone number that a spreadsheet has changed.",
            hint="Format the column as text, and export it again.",
        )
    if not _PHONE.fullmatch(text) or sum(letter.isdigit() for letter in text) < _FEWEST_DIGITS:
        raise DataValidationError(f"{text!r} is not a phone number.", hint="For example +49 30 5550123.")
    return text


def _website(text: str) -> str:
    """The address with its scheme; a bare domain is reached by https."""
    address = one_line(text) if "://" in text else f"https://{one_line(text)}"
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or re.search(r"\s", text):
        # What is before an "@" may be a password, and messages are kept.
        shown = "" if "@" in text else f"{text!r} "
        raise DataValidationError(
            f"{shown}is not an address of the web.", hint="For example https://arcade.example."
        )
    if "://" not in text and re.fullmatch(r"[^\s@:/]+@[^\s@:/]+", text):
        raise DataValidationError(
            f"{text!r} is an e-mail address, and not one of the web.",
            hint="For example https://arcade.example.",
        )
    if "@" in parts.netloc:
        raise DataValidationError(
            "contains a user name or a password.", hint="Write the address without them."
        )
    return address


# What each detail of a contact has to be; each returns the form that is stored, or raises DataValidationError.
DETAILS: Mapping[str, Callable[[str], str]] = {
    "name": one_line,
    "email": mail_address,
    "phone": _phone,
    "locale": locale,
    "time_zone": time_zone,
    "website": _website,
}

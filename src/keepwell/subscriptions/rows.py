"""From the text of a mapped row to the values of an entity, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import msgspec

from keepwell.platform.errors import DataValidationError
from keepwell.subscriptions.mapping import EntityMapping, FieldMapping, Scalar
from keepwell.subscriptions.model import EARLIEST_DAY, LATEST_DAY, EndReason, Interval

Choice = TypeVar("Choice", bound=StrEnum)

_TRUE = {"true", "yes", "t", "y", "1"}
_FALSE = {"false", "no", "f", "n", "0"}
_LARGEST_AMOUNT = Decimal(10) ** 12
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?")


class RejectedRow(DataValidationError):
    """A row that cannot be imported: its field, and why, as a stable code and as a sentence."""

    def __init__(self, field: str, code: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason_code = code
        self.reason = reason


class AccountRow(msgspec.Struct, frozen=True):
    """A customer, by the id that the source knows."""

    external_id: str
    name: str
    industry: str | None
    country: str | None
    signed_up_on: date | None


class SubscriptionRow(msgspec.Struct, frozen=True):
    """A span of service at one price, by the ids that the source knows."""

    external_id: str
    account: str
    plan: str
    seats: int
    amount: Decimal
    amount_per: Interval
    billing_interval: Interval
    currency: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: EndReason | None


class EventRow(msgspec.Struct, frozen=True):
    """Something a customer's people did; `account` is an id, of a subscription where `via` says so."""

    external_id: str
    account: str
    via: str | None
    event: str
    at: datetime
    properties: dict[str, str]


class Fields:
    """The fields of one row, read through its mapping; every reader raises RejectedRow."""

    def __init__(self, values: Mapping[str, str], mapping: EntityMapping) -> None:
        self._values = values
        self._mapping = mapping

    def optional(self, field: str) -> str | None:
        """The field's text; None where it is empty, defaulted to nothing, or not mapped."""
        source = self._mapping.fields.get(field)
        if source is None:
            return None
        if source.column is None:
            return _text(source.constant)
        given = self._values[source.column].strip()
        if not given:
            return _text(source.default)
        if "\x00" in given:
            raise RejectedRow(field, "invalid-text", "holds a NUL character.")
        return self._translated(field, given, source)

    def text(self, field: str) -> str:
        """The field's text, which must be there."""
        text = self.optional(field)
        if text is None:
            raise RejectedRow(field, "missing-value", "is empty.")
        return text

    def day(self, field: str) -> date:
        """A day: ISO 8601, or as the mapping's `date_format` says."""
        return self._instant(field).date()

    def optional_day(self, field: str) -> date | None:
        """As `day`, or None where the field is empty."""
        return None if self.optional(field) is None else self.day(field)

    def instant(self, field: str) -> datetime:
        """An instant in UTC; a time without a zone, or a day, is taken as UTC."""
        given = self._instant(field)
        return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)

    def amount(self, field: str) -> Decimal:
        """An exact amount of money that is not negative."""
        text = self.text(field)
        # Stricter than Decimal, which also takes NaN, exponents, underscores and other scripts' digits.
        if not _PLAIN_NUMBER.fullmatch(text):
            raise RejectedRow(field, "invalid-amount", f"{text!r} is not a number.")
        amount = Decimal(text)
        if amount >= _LARGEST_AMOUNT:
            raise RejectedRow(field, "invalid-amount", f"{text!r} is not an amount of money.")
        if amount < 0:
            raise RejectedRow(field, "negative-amount", f"{text} is negative.")
        return amount

    def seats(self, field: str) -> int:
        """A whole number of seats; one where the field is not mapped or empty."""
        text = self.optional(field)
        if text is None:
            return 1
        if not text.isascii() or not text.isdigit() or len(text) > len(str(2**31 - 1)) - 1:
            raise RejectedRow(field, "invalid-number", f"{text!r} is not a whole number of seats.")
        return int(text)

    def truth(self, field: str) -> bool:
        """True or false in the usual spellings; false where the field is not mapped or empty."""
        text = (self.optional(field) or "false").lower()
        if text not in _TRUE | _FALSE:
            raise RejectedRow(field, "invalid-value", f"{text!r} is neither true nor false.")
        return text in _TRUE

    def choice(self, field: str, choices: type[Choice]) -> Choice:
        """One of the values of `choices`."""
        text = self.text(field)
        try:
            return choices(text)
        except ValueError:
            allowed = ", ".join(choices)
            raise RejectedRow(field, "unknown-value", f"{text!r} is none of {allowed}.") from None

    def currency(self, field: str, *, expected: str) -> str:
        """An ISO 4217 code; the workspace's own where the field is not mapped or empty."""
        code = self.optional(field) or expected
        if code != expected:
            reason = f"{code!r} is not the workspace's currency, {expected}."
            raise RejectedRow(field, "unknown-currency", reason)
        return code

    def properties(self) -> dict[str, str]:
        """The columns that the mapping carries along."""
        return {column: self._values[column] for column in self._mapping.properties}

    def via(self, field: str) -> str | None:
        """Which entity the field's id belongs to, where it is not the account's own."""
        return self._mapping.fields[field].via

    def _instant(self, field: str) -> datetime:
        text = self.text(field)
        date_format = self._mapping.fields[field].date_format
        try:
            given = datetime.strptime(text, date_format) if date_format else datetime.fromisoformat(text)  # noqa: DTZ007  the callers decide the zone
        except ValueError:
            expected = date_format or "YYYY-MM-DD"
            raise RejectedRow(field, "invalid-date", f"{text!r} is not a date ({expected}).") from None
        if not EARLIEST_DAY < given.date() < LATEST_DAY:
            reason = f"{text!r} is not between {EARLIEST_DAY} and {LATEST_DAY}."
            raise RejectedRow(field, "invalid-date", reason)
        return given

    @staticmethod
    def _translated(field: str, given: str, source: FieldMapping) -> str:
        if not source.values:
            return given
        if given not in source.values:
            known = ", ".join(source.values)
            raise RejectedRow(field, "unknown-value", f"{given!r} is none of the mapped values {known}.")
        return _text(source.values[given]) or ""


def account_row(fields: Fields) -> AccountRow:
    """An account from its fields; its name is its id where none is given."""
    external_id = fields.text("id")
    return AccountRow(
        external_id=external_id,
        name=fields.optional("name") or external_id,
        industry=fields.optional("industry"),
        country=fields.optional("country"),
        signed_up_on=fields.optional_day("signed_up_on"),
    )


def subscription_row(fields: Fields, *, currency: str) -> SubscriptionRow:
    """A subscription from its fields, in the workspace's `currency`."""
    row = SubscriptionRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        plan=fields.text("plan"),
        seats=fields.seats("seats"),
        amount=fields.amount("amount"),
        amount_per=fields.choice("amount_per", Interval),
        billing_interval=fields.choice("interval", Interval),
        currency=fields.currency("currency", expected=currency),
        starts_on=fields.day("starts_on"),
        ends_on=fields.optional_day("ends_on"),
        is_trial=fields.truth("is_trial"),
        cancelled_on=fields.optional_day("cancelled_on"),
        end_reason=None if fields.optional("end_reason") is None else fields.choice("end_reason", EndReason),
    )
    if row.ends_on is not None and row.ends_on < row.starts_on:
        reason = f"the end {row.ends_on} is before the start {row.starts_on}."
        raise RejectedRow("ends_on", "end-before-start", reason)
    return row


def event_row(fields: Fields) -> EventRow:
    """An event from its fields."""
    return EventRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        via=fields.via("account"),
        event=fields.text("event"),
        at=fields.instant("at"),
        properties=fields.properties(),
    )


def _text(value: Scalar | None) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Reads the fields of a mapped row: each text as a value, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from msgspec import UNSET

from keepwell.importing.mapping.amounts import NoAmount, read_amount, read_number
from keepwell.importing.mapping.mapping_file import EntityMapping, FieldMapping, Scalar
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.intake.service import Change
from keepwell.records.model import EARLIEST_DAY, LATEST_DAY, LONGEST_TEXT

Choice = TypeVar("Choice", bound=StrEnum)

_TRUE = {"true", "yes", "on", "t", "y", "1"}
_FALSE = {"false", "no", "off", "f", "n", "0"}
# All numbers of so many digits are integers of Postgres.
_MOST_SEAT_DIGITS = 9
_MOST_INTERVALS = 120
_LARGEST_AMOUNT = Decimal(10) ** 12
_UNSTORABLE = re.compile("[\\x00\ud800-\udfff]")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})( .+)?")


class Fields:
    """The fields of one row, read through its mapping; every method raises RejectedRow.

    `changes` lists the fields read so far that had to be converted, with the format found.
    """

    def __init__(self, values: Mapping[str, str], mapping: EntityMapping) -> None:
        """`values` are the texts by column; a column that is missing from the row is missing here."""
        self._values = values
        self._mapping = mapping
        self.changes: list[Change] = []

    @property
    def mapped(self) -> Collection[str]:
        """The fields that the mapping fills."""
        return self._mapping.fields.keys()

    def optional(self, field: str) -> str | None:
        """The field's text; None if it is empty, has a null default, or is not mapped."""
        source = self._mapping.fields.get(field)
        if source is None:
            return None
        if source.column is None:
            return _text(source.constant)
        if source.column not in self._values and source.default is UNSET:
            reason = f"the row has no column {source.column!r}, and the mapping no default for it."
            raise RejectedRow(field, "missing-column", reason)
        given = self._values.get(source.column, "").strip()
        if not given:
            return None if source.default is UNSET else _text(source.default)
        if _UNSTORABLE.search(given):
            raise RejectedRow(field, "invalid-text", "contains a NUL character or half of a surrogate pair.")
        if len(given) > LONGEST_TEXT:
            reason = f"has {len(given):,} characters; at most {LONGEST_TEXT} are allowed."
            raise RejectedRow(field, "text-too-long", reason)
        return self._translated(field, given, source)

    def text(self, field: str) -> str:
        """The field's text, which is required."""
        text = self.optional(field)
        if text is None:
            raise RejectedRow(field, "missing-value", "is empty.")
        return text

    def day(self, field: str) -> date:
        """A day: ISO 8601, or as the mapping's `date_format` says; of a time with a zone the day in UTC."""
        given = self._instant(field)
        return (given if given.tzinfo is None else given.astimezone(UTC)).date()

    def optional_day(self, field: str) -> date | None:
        """As `day`, or None if the field is empty."""
        return None if self.optional(field) is None else self.day(field)

    def instant(self, field: str) -> datetime:
        """An instant in UTC; a time without a zone, or a day, counts as UTC."""
        given = self._instant(field)
        return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)

    def amount(self, field: str, *, currency: str) -> Decimal:
        """An exact amount in `currency` that is not negative."""
        amount = self.balance(field, currency=currency)
        if amount < 0:
            raise RejectedRow(field, "negative-amount", f"{self.text(field)} is negative.")
        return amount

    def balance(self, field: str, *, currency: str) -> Decimal:
        """An exact amount in `currency`, which may be negative."""
        text, source = self.text(field), self._mapping.fields[field]
        try:
            amount = read_amount(text, currency=currency, decimal=source.decimal)
        except NoAmount as refusal:
            raise RejectedRow(field, "invalid-amount", str(refusal)) from None
        if abs(amount.value) >= _LARGEST_AMOUNT:
            raise RejectedRow(field, "invalid-amount", f"{text!r} is not an amount of money.")
        if amount.mark:
            found = f"amounts with {amount.mark!r}, which were read in the row's currency"
            self.changes.append(Change("type", source.column or field, found))
        return amount.value * self.seats("seats") if source.per_seat else amount.value

    def optional_share(self, field: str) -> Decimal | None:
        """A share from 0 to below 1, or None if the field is empty; a constant has a decimal point, however columns are written."""
        text, source = self.optional(field), self._mapping.fields.get(field)
        if text is None or source is None:
            return None
        try:
            share = read_number(text, decimal=source.decimal if source.column else None)
        except NoAmount as refusal:
            raise RejectedRow(field, "invalid-share", str(refusal)) from None
        if not 0 <= share < 1:
            raise RejectedRow(field, "invalid-share", f"{text!r} is not a share from 0 to below 1.")
        return share

    def seats(self, field: str) -> int:
        """A whole number of seats; one if the field is not mapped or empty."""
        text = self.optional(field)
        if text is None:
            return 1
        if not text.isascii() or not text.isdigit() or len(text) > _MOST_SEAT_DIGITS:
            raise RejectedRow(field, "invalid-number", f"{text!r} is not a whole number of seats.")
        return int(text)

    def count(self, field: str) -> int:
        """How many intervals a price is for, from one to 120; one if the field is not mapped or empty."""
        text = self.optional(field) or "1"
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_INTERVALS))):
            raise RejectedRow(field, "invalid-number", f"{text!r} is not a number of intervals.")
        if not 1 <= int(text) <= _MOST_INTERVALS:
            raise RejectedRow(field, "invalid-number", f"{text} is not between 1 and {_MOST_INTERVALS}.")
        return int(text)

    def truth(self, field: str) -> bool:
        """True or false in the usual spellings; false if the field is not mapped or empty."""
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
            reason = f"{text!r} is not one of {allowed}; the mapping can translate it with `values`."
            raise RejectedRow(field, "unknown-value", reason) from None

    def currency(self, field: str, *, otherwise: str) -> str:
        """An ISO 4217 code in capitals; `otherwise` if the field is not mapped or empty."""
        code = (self.optional(field) or otherwise).upper()
        if not _CURRENCY.fullmatch(code):
            raise RejectedRow(field, "unknown-currency", f"{code!r} is not a currency code.")
        return code

    def properties(self) -> dict[str, str]:
        """The extra columns that the mapping passes through."""
        return {column: self._values[column] for column in self._mapping.properties}

    def via(self, field: str) -> str | None:
        """The entity that the field's id belongs to, if it is not the account itself."""
        return self._mapping.fields[field].via

    def _instant(self, field: str) -> datetime:
        text, source = self.text(field), self._mapping.fields[field]
        try:
            given = _date(text, source)
        except ValueError:
            expected = source.date_format or ("DD/MM/YYYY" if source.day_first else "YYYY-MM-DD")
            reason = f"{text!r} is not a date ({expected}){_how_to_read(text, source)}."
            raise RejectedRow(field, "invalid-date", reason) from None
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
            raise RejectedRow(field, "unknown-value", f"{given!r} is not one of the mapped values {known}.")
        return _text(source.values[given]) or ""


def _how_to_read(text: str, source: FieldMapping) -> str:
    """What the mapping can say about a date that is not ISO 8601, if it says nothing yet."""
    if source.date_format or source.day_first or not _DAY_FIRST.fullmatch(text):
        return ""
    return "; the mapping can say `day_first: true` here or in its `defaults`, or a `date_format`"


def _date(text: str, source: FieldMapping) -> datetime:
    """The date in `text`; raises ValueError. Day-first dates need `day_first`: 03/04 could mean two days."""
    if source.date_format:
        return datetime.strptime(text, source.date_format)  # noqa: DTZ007  the callers decide the zone
    day_first = _DAY_FIRST.fullmatch(text) if source.day_first else None
    if day_first is None:
        return datetime.fromisoformat(text)
    day, month, year, time = day_first.groups(default="")
    return datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}{time}")


def _text(value: Scalar | None) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Converts mapped fields to rows of money that moved, and of how it was paid. No field may contain a card number."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from keepwell.importing.mapping.fields import Fields
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import ChargeRow, ChargeStatus, PaymentMethodRow, RefundRow
from keepwell.platform.values.currencies import decimals_of, fits
from keepwell.records.card_numbers import has_card_number
from keepwell.records.payment_methods.model import FIRST_YEAR, LAST_YEAR
from keepwell.records.times import is_future

_LAST4 = re.compile(r"[0-9]{4}")
_NUMBER = re.compile(r"[0-9]{1,4}")
_CENTURY = 100
_MONTH_AND_YEAR = re.compile(r"([0-9]{1,2}) ?[/.-] ?([0-9]{4}|[0-9]{2})")


def payment_method_row(fields: Fields, *, now: datetime) -> PaymentMethodRow:
    """A payment method from its fields."""
    _require_no_card_number(fields)
    month, year = _expiry(fields)
    return PaymentMethodRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        brand=fields.optional("brand"),
        last4=_last4(fields),
        exp_month=month,
        exp_year=year,
        gateway=fields.optional("gateway"),
        gateway_reference=fields.optional("gateway_reference"),
        is_default=fields.truth("is_default"),
        created_at=None if fields.optional("created_at") is None else _past(fields, "created_at", now=now),
    )


def charge_row(fields: Fields, *, currency: str, now: datetime) -> ChargeRow:
    """A charge from its fields, in the workspace's `currency` by default."""
    _require_no_card_number(fields)
    currency = fields.currency("currency", otherwise=currency)
    return ChargeRow(
        external_id=fields.text("id"),
        account=fields.text("account"),
        invoice=fields.optional("invoice"),
        status=fields.choice("status", ChargeStatus),
        currency=currency,
        amount=_payable(fields, currency=currency),
        decline_code=fields.optional("decline_code"),
        advice_code=fields.optional("advice_code"),
        payment_method=fields.optional("payment_method"),
        charged_at=_past(fields, "charged_at", now=now),
    )


def refund_row(fields: Fields, *, currency: str, now: datetime) -> RefundRow:
    """A refund from its fields, in the workspace's `currency` by default."""
    _require_no_card_number(fields)
    currency = fields.currency("currency", otherwise=currency)
    return RefundRow(
        external_id=fields.text("id"),
        charge=fields.text("charge"),
        currency=currency,
        amount=_payable(fields, currency=currency),
        reason=fields.optional("reason"),
        refunded_at=_past(fields, "refunded_at", now=now),
    )


def _require_no_card_number(fields: Fields) -> None:
    for field in fields.mapped:
        if has_card_number(fields.optional(field) or ""):
            raise RejectedRow(field, "card-number", "contains a card number, which is never stored.")


def _payable(fields: Fields, *, currency: str) -> Decimal:
    amount = fields.amount("amount", currency=currency)
    if not fits(amount, currency):
        reason = f"{amount} has more decimals than {currency}, which has {decimals_of(currency)}."
        raise RejectedRow("amount", "invalid-amount", reason)
    return amount


def _past(fields: Fields, field: str, *, now: datetime) -> datetime:
    instant = fields.instant(field)
    if is_future(instant, now=now):
        reason = f"{instant:%Y-%m-%d %H:%M} is more than a day in the future."
        raise RejectedRow(field, "in-the-future", reason)
    return instant


def _last4(fields: Fields) -> str | None:
    text = fields.optional("last4")
    if text is not None and not _LAST4.fullmatch(text):
        raise RejectedRow("last4", "invalid-value", f"{text!r} is not the last four digits.")
    return text


def _expiry(fields: Fields) -> tuple[int | None, int | None]:
    """The month and the year of expiry, also from one column that has both; a year of two digits is one of this century."""
    month = _number(fields, "exp_month", least=1, most=12, half=1)
    year = _number(fields, "exp_year", least=0, most=LAST_YEAR, half=2)
    if (month is None) != (year is None):
        missing = "exp_month" if month is None else "exp_year"
        raise RejectedRow(missing, "missing-value", "is empty, though the other half of the expiry is not.")
    if year is not None and year < _CENTURY:
        year += FIRST_YEAR
    if year is not None and year < FIRST_YEAR:
        raise RejectedRow(
            "exp_year", "invalid-number", f"{year} is not between {FIRST_YEAR} and {LAST_YEAR}."
        )
    return month, year


def _number(fields: Fields, field: str, *, least: int, most: int, half: int) -> int | None:
    """The number of `field`, or of one half of a text such as 08/27."""
    text = fields.optional(field)
    if text is None:
        return None
    both = _MONTH_AND_YEAR.fullmatch(text)
    number = both[half] if both else text
    if not _NUMBER.fullmatch(number) or not least <= int(number) <= most:
        raise RejectedRow(field, "invalid-number", f"{number!r} is not between {least} and {most}.")
    return int(number)

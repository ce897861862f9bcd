"""Stripe's objects as rows: what each means here, or why it cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any, TypeVar

import msgspec

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import (
    AccountRow,
    ChargeRow,
    ChargeStatus,
    InvoiceRow,
    InvoiceStatus,
    PlanRow,
    RefundRow,
)
from keepwell.importing.stripe.model import (
    Charge,
    Customer,
    Invoice,
    Price,
    Recurring,
    Reference,
    Referred,
    Refund,
    day_of,
    id_of,
    moment,
    whole,
)
from keepwell.records.model import Interval

Object = TypeVar("Object", bound=msgspec.Struct)

_NOT_GIVEN_BACK = {"failed", "canceled"}


class Due(msgspec.Struct, frozen=True):
    """How often a price is due: `times` per `amount_per` for the figures, and the interval that is shown."""

    amount_per: Interval
    times: Fraction
    billing_interval: Interval


# More digits than an amount, a quantity and a year can have together.
_EXACT = Context(prec=80, traps=[Inexact])
_UNITS = frozenset(("day", "week", "month", "year"))
_NAMED: Mapping[tuple[str, int], Interval] = {
    ("day", 1): Interval.DAY,
    ("day", 7): Interval.WEEK,
    ("week", 1): Interval.WEEK,
    ("month", 1): Interval.MONTH,
    ("month", 3): Interval.QUARTER,
}


def read(found: Mapping[str, Any], shape: type[Object]) -> Object:
    """The object as we know it; raises RejectedRow where it has another shape, or a day that cannot be."""
    try:
        return msgspec.convert(found, shape)
    except msgspec.ValidationError as error:
        raise RejectedRow("", "unexpected-shape", f"{error}.") from None


def plan_row(found: Mapping[str, Any]) -> PlanRow | None:
    """A price or plan; None for a price that is paid once. Without one price per seat it has no amount."""
    price = read(found, Price)
    rhythm = price.rhythm
    if rhythm is None:
        return None
    try:
        amount, interval = _list_price(price)
    except RejectedRow:
        return PlanRow(external_id=price.id, name=plan_name(price))
    return PlanRow(
        external_id=price.id,
        name=plan_name(price),
        amount=amount,
        amount_per=interval.amount_per,
        currency=price.currency.upper(),
    )


def _list_price(price: Price) -> tuple[Decimal, Due]:
    """What a seat costs per interval; raises RejectedRow if no one amount says so."""
    amount, rhythm = price_of_one(price)
    if rhythm.is_metered:
        raise RejectedRow("usage_type", "metered-price", f"the price {price.id!r} is metered by usage.")
    interval = due(rhythm)
    return exactly(Fraction(amount) * interval.times, like=amount), interval


def plan_name(price: Price) -> str:
    """What the price is called: as its product and itself are, else by its id."""
    product = price.product.name if isinstance(price.product, Referred) else None
    return " ".join(part for part in (product, price.nickname) if part) or price.id


def account_row(found: Mapping[str, Any]) -> AccountRow:
    """A customer; the first of name, description, e-mail and id is the name."""
    customer = read(found, Customer)
    return AccountRow(
        external_id=customer.id,
        name=customer.name or customer.description or customer.email or customer.id,
        industry=None,
        country=customer.address.country or None if customer.address else None,
        signed_up_on=day_of(customer.created),
    )


def invoice_row(found: Mapping[str, Any]) -> InvoiceRow:
    """An invoice; what was given back stands with its charge."""
    invoice = read(found, Invoice)
    then = invoice.status_transitions
    issued = then.finalized_at if then and then.finalized_at else invoice.created
    paid_at = then.paid_at if then else None
    return InvoiceRow(
        external_id=invoice.id,
        account=account_of(invoice.customer),
        number=invoice.number,
        status=_choice("status", invoice.status, InvoiceStatus),
        currency=invoice.currency.upper(),
        total=whole(invoice.total, invoice.currency),
        tax=whole(invoice.tax or 0, invoice.currency),
        amount_paid=whole(invoice.amount_paid, invoice.currency),
        issued_on=day_of(issued),
        due_on=day_of(invoice.due_date) if invoice.due_date else None,
        paid_on=day_of(paid_at) if paid_at else None,
    )


def charge_row(found: Mapping[str, Any]) -> ChargeRow:
    """A charge; raises RejectedRow for one of no customer."""
    charge = read(found, Charge)
    return ChargeRow(
        external_id=charge.id,
        account=account_of(charge.customer),
        invoice=id_of(charge.invoice),
        status=_choice("status", charge.status, ChargeStatus),
        currency=charge.currency.upper(),
        amount=whole(charge.amount, charge.currency),
        failure_code=charge.failure_code,
        charged_at=moment(charge.created),
    )


def refund_row(found: Mapping[str, Any]) -> RefundRow | None:
    """A refund; None for one that came to nothing."""
    refund = read(found, Refund)
    if refund.status in _NOT_GIVEN_BACK:
        return None
    charge = id_of(refund.charge)
    if charge is None:
        raise RejectedRow("charge", "no-charge", "the refund is of no charge.")
    return RefundRow(
        external_id=refund.id,
        charge=charge,
        currency=refund.currency.upper(),
        amount=whole(refund.amount, refund.currency),
        reason=refund.reason,
        refunded_at=moment(refund.created),
    )


def account_of(customer: Reference) -> str:
    """The account's id; raises RejectedRow where there is none."""
    found = id_of(customer)
    if found is None:
        raise RejectedRow("customer", "no-customer", "it belongs to no customer.")
    return found


def due(rhythm: Recurring) -> Due:
    """How often that is; raises RejectedRow for a unit that Stripe did not have when this was written."""
    known = _due(rhythm)
    if known is None:
        every = f"every {rhythm.interval_count} {rhythm.interval}s"
        raise RejectedRow("interval", "unsupported-interval", f"{every} is no interval that is known here.")
    return known


def _due(rhythm: Recurring) -> Due | None:
    """How often that is: by its name, or so many times a year, which may be a half or less."""
    named = _NAMED.get((rhythm.interval, rhythm.interval_count))
    if named is not None:
        return Due(named, Fraction(1), named)
    if rhythm.interval not in _UNITS or rhythm.interval_count < 1:
        return None
    times = Fraction(Interval(rhythm.interval).per_year, rhythm.interval_count)
    return Due(Interval.YEAR, times, Interval.YEAR)


def exactly(amount: Fraction, *, like: Decimal = Decimal(0)) -> Decimal:
    """`amount` as a decimal with at least the places of `like`; raises RejectedRow if it has no end, as a third."""
    try:
        return _EXACT.add(_EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator)), like * 0)
    except Inexact:
        reason = "what that is per year is no finite decimal, such as a third."
        raise RejectedRow("interval", "inexact-amount", reason) from None


def price_of_one(price: Price) -> tuple[Decimal, Recurring]:
    """What one costs and how often, zero if metered by usage; raises RejectedRow if that depends on how many."""
    rhythm, amount = price.rhythm, price.of_one
    if rhythm is None:
        raise RejectedRow("recurring", "no-interval", f"the price {price.id!r} is paid once.")
    if rhythm.is_metered:
        return Decimal(0), rhythm
    if amount is None:
        raise RejectedRow(
            "billing_scheme", "tiered-price", f"the price {price.id!r} depends on the quantity, by tiers."
        )
    return amount, rhythm


Choice = TypeVar("Choice", InvoiceStatus, ChargeStatus)


def _choice(field: str, text: str | None, choices: type[Choice]) -> Choice:
    try:
        return choices(text or "")
    except ValueError:
        raise RejectedRow(field, "unknown-value", f"{text!r} is not one of {', '.join(choices)}.") from None

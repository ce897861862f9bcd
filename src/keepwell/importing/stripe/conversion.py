"""Converts Stripe's objects to rows, or raises RejectedRow with the reason."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

import msgspec

from keepwell.importing.billing_periods import BillingPeriod
from keepwell.importing.stripe.model import (
    Charge,
    Customer,
    ExpandedReference,
    Invoice,
    Reference,
    Refund,
    StripeObject,
    day_of,
    id_of,
    major_units,
    utc_time,
)
from keepwell.importing.stripe.prices import Price, Recurring
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import (
    AccountRow,
    ChargeRow,
    ChargeStatus,
    InvoiceRow,
    InvoiceStatus,
    PlanRow,
    RefundRow,
)
from keepwell.records.model import LONGEST_TEXT, Interval

Object = TypeVar("Object", bound=msgspec.Struct)

_NOT_REFUNDED = {"failed", "canceled"}


_UNITS = frozenset(("day", "week", "month", "year"))


def read(stripe_object: object, shape: type[Object]) -> Object:
    """The parsed object; raises RejectedRow for an unexpected shape or an impossible date."""
    try:
        return msgspec.convert(stripe_object, shape)
    except msgspec.ValidationError as error:
        raise RejectedRow("", "unexpected-shape", f"{error}.") from None


def plan_row(stripe_object: StripeObject) -> PlanRow | None:
    """The plan of a price; None for a one-time price. It has an amount only if every seat costs the same."""
    price = read(stripe_object, Price)
    recurrence = price.recurrence
    if recurrence is None:
        return None
    try:
        amount, interval = _list_price(price)
    except RejectedRow:
        return PlanRow(external_id=price.id, name=planusable_name(price))
    return PlanRow(
        external_id=price.id,
        name=planusable_name(price),
        amount=amount,
        amount_per=interval.amount_per,
        currency=price.currency.upper(),
    )


def _list_price(price: Price) -> tuple[Decimal, BillingPeriod]:
    """The price of one seat per billing period; raises RejectedRow if it is not the same for every seat."""
    recurrence = recurrence_of(price)
    if recurrence.is_metered or price.is_tiered or price.transform_quantity or price.transform_usage:
        raise RejectedRow(
            "billing_scheme", "no-single-price", f"the price {price.id!r} has no price per seat."
        )
    interval = billing_period(recurrence)
    return interval.amount_of(price.cost(1)), interval


def planusable_name(price: Price) -> str:
    """The names of the product and the price, or one of them, or else the price's id."""
    product = price.product.name if isinstance(price.product, ExpandedReference) else None
    both = " ".join(part for part in (product, price.nickname) if part)
    return usable_name(both, product, price.nickname) or price.id


def usable_name(*candidates: str | None) -> str | None:
    """The first candidate that is neither empty nor too long."""
    return next((each for each in candidates if each and len(each) <= LONGEST_TEXT), None)


def account_row(stripe_object: StripeObject) -> AccountRow:
    """The account of a customer, named by the first of name, description, e-mail and id that is not too long."""
    customer = read(stripe_object, Customer)
    return AccountRow(
        external_id=customer.id,
        name=usable_name(customer.name, customer.description, customer.email) or customer.id,
        industry=None,
        country=customer.address.country or None if customer.address else None,
        signed_up_on=day_of(customer.created),
    )


def invoice_row(stripe_object: StripeObject) -> InvoiceRow:
    """The row of an invoice; refunds belong to its charge."""
    invoice = read(stripe_object, Invoice)
    times = invoice.status_transitions
    issued = times.finalized_at if times and times.finalized_at else invoice.created
    paid_at = times.paid_at if times else None
    return InvoiceRow(
        external_id=invoice.id,
        account=account_of(invoice.customer),
        number=invoice.number,
        status=_choice("status", invoice.status, InvoiceStatus),
        currency=invoice.currency.upper(),
        total=major_units(invoice.total, invoice.currency),
        tax=major_units(invoice.tax or 0, invoice.currency),
        amount_paid=major_units(invoice.amount_paid, invoice.currency),
        issued_on=day_of(issued),
        due_on=day_of(invoice.due_date) if invoice.due_date else None,
        paid_on=day_of(paid_at) if paid_at else None,
    )


def charge_row(stripe_object: StripeObject) -> ChargeRow:
    """The row of a charge; raises RejectedRow for a charge without a customer."""
    charge = read(stripe_object, Charge)
    return ChargeRow(
        external_id=charge.id,
        account=account_of(charge.customer),
        invoice=id_of(charge.invoice),
        status=_choice("status", charge.status, ChargeStatus),
        currency=charge.currency.upper(),
        amount=major_units(charge.amount, charge.currency),
        decline_code=charge.decline_code,
        advice_code=charge.outcome.advice_code if charge.outcome else None,
        payment_method=id_of(charge.payment_method) or None,
        charged_at=utc_time(charge.created),
    )


def refund_row(stripe_object: StripeObject) -> RefundRow:
    """The row of a refund; nothing was given back by one that failed or was canceled, which may have counted before."""
    refund = read(stripe_object, Refund)
    has_ended = refund.status in _NOT_REFUNDED
    charge = id_of(refund.charge)
    if charge is None:
        raise RejectedRow("charge", "no-charge", "the refund has no charge.")
    return RefundRow(
        external_id=refund.id,
        charge=charge,
        currency=refund.currency.upper(),
        amount=Decimal(0) if has_ended else major_units(refund.amount, refund.currency),
        reason=refund.status if has_ended else refund.reason,
        refunded_at=utc_time(refund.created),
    )


def account_of(customer: Reference) -> str:
    """The account's external id; raises RejectedRow if there is no customer."""
    account = id_of(customer)
    if account is None:
        raise RejectedRow("customer", "no-customer", "it has no customer.")
    return account


def billing_period(recurrence: Recurring) -> BillingPeriod:
    """The billing period of a price; raises RejectedRow for a unit that we do not know."""
    if recurrence.interval not in _UNITS or recurrence.interval_count < 1:
        every = f"every {recurrence.interval_count} {recurrence.interval}s"
        raise RejectedRow("interval", "unsupported-interval", f"{every} is not a supported interval.")
    return BillingPeriod.every(recurrence.interval_count, Interval(recurrence.interval))


def recurrence_of(price: Price) -> Recurring:
    """How often the price is due; raises RejectedRow for one that is paid only once."""
    if price.recurrence is None:
        raise RejectedRow("recurring", "no-interval", f"the price {price.id!r} is paid only once.")
    return price.recurrence


Choice = TypeVar("Choice", InvoiceStatus, ChargeStatus)


def _choice(field: str, text: str | None, choices: type[Choice]) -> Choice:
    try:
        return choices(text or "")
    except ValueError:
        raise RejectedRow(field, "unknown-value", f"{text!r} is not one of {', '.join(choices)}.") from None

"""The rows of each file, as other companies' tools would export them; every file names its key first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from keepwell.sample.account_life import AccountLife
from keepwell.sample.customers.contacts import COLUMNS as CONTACT_COLUMNS
from keepwell.sample.customers.contacts import contact_rows
from keepwell.sample.follow_ups import HORIZON
from keepwell.sample.model import Subscription, Window, at_hour
from keepwell.sample.money.books import as_money
from keepwell.sample.money.model import ADVICE, TRY_AGAIN

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns, and the rows of one account in it."""

    columns: Sequence[str]
    rows: Callable[[AccountLife, Window], Iterator[Row]]
    about: str


def _accounts(life: AccountLife, _window: Window) -> Iterator[Row]:
    own = life.account
    yield own.account_id, own.name, own.kind.value, own.country, own.signed_up_on, "true"


def _subscriptions(life: AccountLife, _window: Window) -> Iterator[Row]:
    for number, span in enumerate(life.contract.subscriptions, start=1):
        yield _subscription(life, span, number=number)


def _subscription(life: AccountLife, span: Subscription, *, number: int) -> Row:
    # A trial costs nothing; the export contains what is charged.
    return (
        f"S-{life.account.account_id[2:]}-{number:02}",
        life.account.account_id,
        span.terms.plan.value,
        span.terms.seats,
        "0.00" if span.is_trial else as_money(span.terms.amount),
        span.terms.billing.value,
        life.account.currency,
        span.starts_on,
        span.ends_on,
        str(span.is_trial).lower(),
        span.cancelled_on,
        span.end_reason,
    )


def _contacts(life: AccountLife, window: Window) -> Iterator[Row]:
    rng = Random(f"{life.seed}/contacts")  # noqa: S311  a simulation, not a secret
    yield from contact_rows(life.account, rng, until=at_hour(window.until, 0))


def _payment_methods(life: AccountLife, _window: Window) -> Iterator[Row]:
    wallet = life.collection.cards
    for card in wallet.cards if wallet else ():
        # The last month in which it is valid.
        month = (card.expires.year * 12 + card.expires.month - 2) % 12 + 1
        year = card.expires.year - (card.expires.month == 1)
        yield (
            card.payment_method_id,
            life.account.account_id,
            card.brand,
            card.last4,
            month,
            year,
            "sample",
            f"card-{card.payment_method_id[3:]}",
            str(card.is_default).lower(),
            instant(at_hour(card.created_on, 0)),
        )


def _invoices(life: AccountLife, _window: Window) -> Iterator[Row]:
    for each in life.collection.books.invoices:
        yield (
            each.invoice_id,
            life.account.account_id,
            each.number,
            each.status,
            life.account.currency,
            as_money(each.total),
            as_money(each.tax),
            as_money(each.paid),
            as_money(each.refunded),
            each.issued_on,
            each.due_on,
            each.paid_on,
        )


def _charges(life: AccountLife, _window: Window) -> Iterator[Row]:
    for each in life.collection.books.charges:
        yield (
            each.charge_id,
            life.account.account_id,
            each.invoice_id,
            "succeeded" if each.succeeded else "failed",
            life.account.currency,
            as_money(each.amount),
            instant(each.at),
            each.decline_code,
            ADVICE.get(each.decline_code, TRY_AGAIN) if each.decline_code else "",
            each.method,
        )


def _refunds(life: AccountLife, _window: Window) -> Iterator[Row]:
    for each in life.collection.books.refunds:
        money = (life.account.currency, as_money(each.amount))
        yield each.refund_id, each.charge_id, *money, each.reason, instant(each.at)


def _follow_ups(life: AccountLife, window: Window) -> Iterator[Row]:
    for number, each in enumerate(life.follow_ups.rows, start=1):
        reached = each.contacted_at is not None and each.contacted_at.date() < window.until
        yield (
            f"fu-{life.account.account_id[2:]}-{number}",
            life.account.account_id,
            each.arm,
            each.enrolled_on,
            instant(each.contacted_at) if each.contacted_at is not None and reached else "",
            each.channel,
            each.enrolled_on + HORIZON,
        )


def _dunning(life: AccountLife, _window: Window) -> Iterator[Row]:
    for each in life.collection.books.steps:
        own = (life.account.account_id, each.step, each.kind, instant(each.at), each.outcome)
        yield each.dunning_id, each.invoice_id, *own


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


TABLES: Mapping[str, Table] = {
    "accounts.csv": Table(
        ("account_id", "name", "kind", "country", "signed_up_on", "synthetic"),
        _accounts,
        "customers; the column `synthetic` is true in each row",
    ),
    "contacts.csv": Table(CONTACT_COLUMNS, _contacts, "roles to write to or call, at addresses that cannot exist"),
    "subscriptions.csv": Table(
        (
            "subscription_id", "account_id", "plan", "seats", "amount", "billing", "currency", "starts_on",
            "ends_on", "is_trial", "cancelled_on", "end_reason",
        ),
        _subscriptions,
        "what they agreed to; `ends_on` is the first day without service",
    ),
    "payment_methods.csv": Table(
        (
            "payment_method_id", "account_id", "brand", "last4", "exp_month", "exp_year", "gateway",
            "gateway_reference", "is_default", "created_at",
        ),
        _payment_methods,
        "cards, the default one last",
    ),
    "invoices.csv": Table(
        (
            "invoice_id", "account_id", "number", "status", "currency", "total", "tax", "amount_paid",
            "amount_refunded", "issued_on", "due_on", "paid_on",
        ),
        _invoices,
        "one for each paid period",
    ),
    "charges.csv": Table(
        (
            "charge_id", "account_id", "invoice_id", "status", "currency", "amount", "charged_at", "decline_code",
            "advice_code", "payment_method_id",
        ),
        _charges,
        "attempts to take money; a bank transfer has no payment method",
    ),
    "refunds.csv": Table(
        ("refund_id", "charge_id", "currency", "amount", "reason", "refunded_at"), _refunds, "money given back"
    ),
    "follow_ups.csv": Table(
        ("follow_up_id", "account_id", "arm", "enrolled_on", "contacted_at", "channel", "horizon_ends_on"),
        _follow_ups,
        "who was followed up; a coin decided the arm",
    ),
    "dunning.csv": Table(
        ("dunning_id", "invoice_id", "account_id", "step", "kind", "at", "outcome"),
        _dunning,
        "retries and mails about unpaid invoices",
    ),
}  # fmt: skip

"""The sample's money added up by account and month, from its files alone: where they disagree, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from keepwell.sample.model import months_after
from tests.unit.sample.reading import Row, events, read

CENT = Decimal("0.01")
# An account and a month such as 2025-03.
Sums = defaultdict[tuple[str, str], Decimal]


@dataclass(frozen=True)
class Money:
    """What of the sample's files is about money; `told` are the events of payments as account, instant, name, amount."""

    subscriptions: Sequence[Row]
    invoices: Sequence[Row]
    charges: Sequence[Row]
    refunds: Sequence[Row]
    dunning: Sequence[Row]
    told: Sequence[tuple[str, str, str, str]]


def money_of(folder: Path) -> Money:
    names = ("subscriptions", "invoices", "charges", "refunds", "dunning")
    tables = {name: read(folder / f"{name}.csv") for name in names}
    told = [
        (each.context.group_id, each.timestamp.isoformat(), each.event, str(each.properties["amount"]))
        for each in events(folder)
        if each.event.startswith("payment_")
    ]
    return Money(**tables, told=told)


def disagreements(money: Money, *, start: date, until: date) -> Iterator[str]:
    """A line for each account and month in which two of the files differ; events begin on `start`."""
    yield from _differing(
        "spans and invoices", _spans(money, until), _sums(money.invoices, "issued_on", net=True)
    )
    yield from _unpaid(money)
    yield from _unrefunded(money)
    succeeded = [row for row in money.charges if row["status"] == "succeeded"]
    failed = [row for row in money.charges if row["status"] == "failed"]
    account = {row["charge_id"]: row["account_id"] for row in money.charges}
    refunded = [{**row, "account_id": account[row["charge_id"]]} for row in money.refunds]
    for names, rows, day in (
        ({"payment_succeeded", "payment_recovered"}, succeeded, "charged_at"),
        ({"payment_failed"}, failed, "charged_at"),
        ({"payment_refunded"}, refunded, "refunded_at"),
    ):
        recorded = _sums([row for row in rows if row[day] >= start.isoformat()], day)
        yield from _differing(f"records and {sorted(names)}", recorded, _told(money, names))
    yield from _retries(money)


def _spans(money: Money, until: date) -> Sums:
    """What was to be invoiced: each paid period on its first day, less what was paid already and not used."""
    sums: Sums = defaultdict(Decimal)
    begun = {(row["account_id"], row["starts_on"]) for row in money.subscriptions}
    for row in money.subscriptions:
        if row["is_trial"] == "true":
            continue
        start, amount = date.fromisoformat(row["starts_on"]), Decimal(row["amount"])
        end = date.fromisoformat(row["ends_on"]) if row["ends_on"] else until
        months = 1 if row["billing"] == "monthly" else 12
        first, number = start, 0
        while first < min(end, until):
            sums[row["account_id"], f"{first:%Y-%m}"] += amount
            number += 1
            last, first = first, months_after(start, number * months)
        if end < first and (row["account_id"], row["ends_on"]) in begun:
            unused = amount * (first - end).days / (first - last).days
            sums[row["account_id"], f"{end:%Y-%m}"] -= unused.quantize(CENT, ROUND_HALF_UP)
    return sums


def _sums(rows: Sequence[Mapping[str, str]], day: str, *, net: bool = False) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for row in rows:
        amount = Decimal(row["total"]) - Decimal(row["tax"]) if net else Decimal(row["amount"])
        sums[row["account_id"], row[day][:7]] += amount
    return sums


def _told(money: Money, names: set[str]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for account, at, name, amount in money.told:
        if name in names:
            sums[account, at[:7]] += Decimal(amount)
    return sums


def _differing(what: str, left: Sums, right: Sums) -> Iterator[str]:
    for key in sorted(left.keys() | right.keys()):
        if left[key] != right[key]:
            yield f"{what}: {key}: {left[key]} and {right[key]}"


def _unpaid(money: Money) -> Iterator[str]:
    paid: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in money.charges:
        paid[row["invoice_id"]] += Decimal(row["amount"]) * (row["status"] == "succeeded")
    for row in money.invoices:
        due = Decimal(row["total"]) if row["status"] == "paid" else Decimal(0)
        if not due == Decimal(row["amount_paid"]) == paid[row["invoice_id"]]:
            yield f"{row['invoice_id']}: {row['status']}, {row['amount_paid']} of {row['total']}"


def _unrefunded(money: Money) -> Iterator[str]:
    invoice = {row["charge_id"]: row["invoice_id"] for row in money.charges}
    refunded: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in money.refunds:
        refunded[invoice[row["charge_id"]]] += Decimal(row["amount"])
    for row in money.invoices:
        if not refunded[row["invoice_id"]] == Decimal(row["amount_refunded"]) <= Decimal(row["amount_paid"]):
            yield f"{row['invoice_id']}: refunded {row['amount_refunded']}, not {refunded[row['invoice_id']]}"


def _retries(money: Money) -> Iterator[str]:
    """Each retry is a charge with that outcome, and each charge after a declined one is a retry."""
    outcomes = {
        (row["invoice_id"], row["charged_at"]): row["decline_code"] or "paid" for row in money.charges
    }
    retried = {
        (row["invoice_id"], row["at"]): row["outcome"] for row in money.dunning if row["kind"] == "retry"
    }
    first = {row["invoice_id"]: row["charged_at"] for row in reversed(money.charges)}
    later = {key: outcome for key, outcome in outcomes.items() if key[1] > first[key[0]]}
    for key in sorted(later.keys() | retried.keys()):
        if later.get(key) != retried.get(key):
            yield f"{key}: {later.get(key)} and {retried.get(key)}"

"""Simulates a business: what it looked like on each day, what will probably happen then, and what it exports in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

import msgspec
import pyarrow as pa

from benchmarks.churn.model import (
    DAYS,
    FORKED,
    HORIZON_DAYS,
    UNTIL,
    Business,
    Export,
    Moment,
    Problem,
    Records,
)
from benchmarks.churn.observable import Seen, state
from benchmarks.sample_spans import REPORT_CURRENCY
from bulwark.bots.population.event_recorder import TimedCall
from keepwell.revenue.model import Rates
from keepwell.revenue.rates.model import DatedRate, StoredRates
from keepwell.sample.account_life import AccountLife, Market
from keepwell.sample.business import BusinessSpec
from keepwell.sample.forks import Chance, chance_of_leaving
from keepwell.sample.model import Window
from keepwell.sample.service import DAYS as DAYS_RECORDED
from keepwell.sample.tables import TABLES

_WINDOW = Window(UNTIL - timedelta(days=DAYS_RECORDED), UNTIL)
_SUBSCRIPTIONS = TABLES["subscriptions.csv"]
_encode = msgspec.json.Encoder().encode


def spec_of(seed: int, *, accounts: int) -> BusinessSpec:
    """The sample of that seed and size, with its contacts."""
    return BusinessSpec(seed=seed, window=_WINDOW, accounts=accounts)


def rates_of(spec: BusinessSpec, *, first: date) -> StoredRates:
    """The exchange rates of the sample, from the month of the `first` sign-up."""
    rows = (DatedRate(currency, on, Decimal(rate)) for on, currency, rate in spec.rates(first=first))
    return StoredRates(rows, own=REPORT_CURRENCY)


def simulate(seed: int, *, accounts: int, forks: int, lived: Callable[[], None]) -> Business:
    """Live the year account by account, calling `lived` after each; the same arguments give the same business."""
    spec = spec_of(seed, accounts=accounts)
    lives = spec.lives()
    first = next(lives)
    rates = rates_of(spec, first=first.account.signed_up_on)
    recorder = _Recorder(spec.market, rates, seed=f"{seed}/truth", forks=forks)
    for life in chain([first], lives):
        recorder.live(life)
        lived()
    return recorder.business(seed, accounts=accounts)


class _Recorder:
    """Collects what accounts leave behind."""

    def __init__(self, market: Market, rates: Rates, *, seed: str, forks: int) -> None:
        self._market = market
        self._rates = rates
        self._seed = seed
        self._forks = forks
        self._moments: list[Moment] = []
        self._subscriptions: list[dict[str, str]] = []
        self._problems: list[Problem] = []
        self._paid_days = set[date]()
        self._events: list[pa.Table] = []

    def live(self, life: AccountLife) -> None:
        """One account, from its first day to the last."""
        seen, calls, moments = Seen(), list[TimedCall](), list[Moment]()
        for day in DAYS:
            if life.account.signed_up_on >= day:
                continue
            new = _advance(life, day)
            seen.hear(new)
            calls += new
            if _pays(life):
                moments.append(self._moment(life, seen))
        self._moments += [msgspec.structs.replace(each, left=_left(life, each.day)) for each in moments]
        self._events.append(_table(life.account.account_id, calls))
        self._export(life)

    def business(self, seed: int, *, accounts: int) -> Business:
        """Everything so far."""
        export = Export(
            subscriptions=self._subscriptions, problems=self._problems, paid_days=sorted(self._paid_days)
        )
        records = Records(seed=seed, accounts=accounts, export=export, moments=self._moments)
        return Business(records=records, events=pa.concat_tables(self._events).combine_chunks())

    def _moment(self, life: AccountLife, seen: Seen) -> Moment:
        is_treated = life.follow_ups.is_treated(life.today)
        found = Moment(
            account=life.account.account_id,
            day=life.today,
            state=[float(each) for each in state(life, seen, market=self._market)],
            mrr=self._mrr(life),
            has_announced=not life.contract.continues,
            is_treated=is_treated,
            left=False,
        )
        if life.today not in FORKED:
            return found
        chance = self._chance(life)
        return msgspec.structs.replace(
            found,
            truth=None if chance is None else chance.value,
            error=None if chance is None else chance.error,
            contacted=_value(self._chance(life, contacts=True)) if is_treated else None,
            knowable=_value(self._chance(life, surprises=False)) if life.has_surprises() else None,
        )

    def _chance(self, life: AccountLife, *, contacts: bool = False, surprises: bool = True) -> Chance | None:
        return chance_of_leaving(
            life,
            horizon_days=HORIZON_DAYS,
            forks=self._forks,
            seed=self._seed,
            contacts=contacts,
            surprises=surprises,
        )

    def _mrr(self, life: AccountLife) -> float:
        rate = self._rates.rate(life.account.currency, life.today)
        return float(life.contract.terms.monthly_cents * rate) / 100

    def _export(self, life: AccountLife) -> None:
        self._subscriptions += [
            {
                name: "" if value is None else str(value)
                for name, value in zip(_SUBSCRIPTIONS.columns, row, strict=True)
            }
            for row in _SUBSCRIPTIONS.rows(life, _WINDOW)
        ]
        self._problems += _problems(life)
        books = life.collection.books
        dated = chain(
            (each.issued_on for each in books.invoices),
            (each.paid_on for each in books.invoices),
            (each.at.date() for each in books.charges),
        )
        self._paid_days.update(each for each in dated if each is not None and each < UNTIL)


def _value(chance: Chance | None) -> float | None:
    return None if chance is None else chance.value


def _advance(life: AccountLife, day: date) -> list[TimedCall]:
    life.advance_to(day)
    return sorted(call for call in life.take_calls() if call.at.date() >= _WINDOW.start)


def _pays(life: AccountLife) -> bool:
    """Whether there is paid service on the day that begins."""
    current = life.contract.current
    return current is not None and life.contract.is_paid and current.ends_on != life.today


def _left(life: AccountLife, day: date) -> bool:
    """Whether the account was without paid service on one of the days of the horizon after `day`."""
    spans = [each for each in life.contract.subscriptions if not each.is_trial]
    last = day + timedelta(days=HORIZON_DAYS)
    ends = [each.ends_on for each in spans if each.ends_on is not None and day < each.ends_on <= last]
    return any(
        not any(each.starts_on <= end and (each.ends_on is None or end < each.ends_on) for each in spans)
        for end in ends
    )


def _problems(life: AccountLife) -> Iterator[Problem]:
    """The payment problems so far, by the rules of `churn.store.PAYMENT_PROBLEMS`."""
    account, books = life.account.account_id, life.collection.books
    paid_on = {each.invoice_id: each.paid_on for each in books.invoices}
    for each in books.invoices:
        if not each.total:
            continue
        if each.status == "uncollectible":
            later = (other.paid_on for other in books.invoices if other.issued_on > each.issued_on)
            yield Problem(account, "unpaid", each.due_on, min((day for day in later if day), default=None))
        elif each.paid_on is None or each.paid_on > each.due_on:
            yield Problem(account, "unpaid", each.due_on, each.paid_on)
    for charge in books.charges:
        if not charge.succeeded:
            yield Problem(account, "failed", charge.at.date(), paid_on[charge.invoice_id])


def _table(account: str, calls: Sequence[TimedCall]) -> pa.Table:
    columns: dict[str, tuple[Iterable[object], pa.DataType]] = {
        "account": ((account for _ in calls), pa.string()),
        "ts": ((call.at for call in calls), pa.timestamp("us", tz="UTC")),
        "event": ((call.event.name for call in calls), pa.string()),
        "message_id": ((call.message_id for call in calls), pa.string()),
        "properties": ((_encode(call.event.properties).decode() for call in calls), pa.string()),
    }
    return pa.table({name: pa.array(values, kind) for name, (values, kind) in columns.items()})

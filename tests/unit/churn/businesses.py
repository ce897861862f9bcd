"""Businesses for a whole training, and the training of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random

import msgspec

from keepwell.churn.doors.subscriptions import Subscriptions
from keepwell.churn.features import midnight
from keepwell.churn.pipeline import LearningResult, learn
from keepwell.platform.progress import SilentProgress
from keepwell.revenue.model import PayingSpan, Rates
from tests.conftest import SAMPLE_UNTIL
from tests.unit.churn.building import USD, EventRow, LateRow, event_table, span

TODAY = SAMPLE_UNTIL
START = date(2024, 7, 1)


class Business(msgspec.Struct, frozen=True):
    spans: Sequence[PayingSpan]
    events: Sequence[EventRow]
    rates: Rates = USD


def trained(
    spans: Iterable[PayingSpan],
    events: Iterable[EventRow | LateRow] = (),
    *,
    rates: Rates = USD,
    today: date = TODAY,
    kept_as_of: date | None = None,
) -> LearningResult:
    return learn(
        Subscriptions(list(spans), rates=rates),
        event_table(events),
        today=today,
        horizon_days=30,
        progress=SilentProgress(),
        kept_as_of=kept_as_of,
    )


def stayers(count: int, *, start: date = START) -> list[PayingSpan]:
    return [span(start.isoformat(), account=number, amount=number) for number in range(1, count + 1)]


def daily(accounts: Iterable[int], *, start: date = START, days: int = 364) -> list[EventRow]:
    return [
        (f"A-{account:04}", midnight(start + timedelta(days=day)) + timedelta(minutes=account), "login")
        for account in accounts
        for day in range(days)
    ]


def coin_flippers(rng: Random, *, announced: bool = False) -> Business:
    """Accounts whose departures are independent of their events; if announced, up to 49 days before."""
    spans, events = [], []
    for number in range(1, 301):
        months = next((month for month in range(1, 12) if rng.random() < 0.07), None)
        end = None if months is None else START + timedelta(days=30 * months)
        cancelled = end - timedelta(days=number * 7 % 50) if end is not None and announced else None
        ends_on, cancelled_on = (None if day is None else day.isoformat() for day in (end, cancelled))
        spans.append(
            span(START.isoformat(), ends_on, cancelled_on=cancelled_on, account=number, amount=number)
        )
        events += [
            (f"A-{number:04}", midnight(START) + timedelta(hours=rng.randrange(24 * 365)), "login")
            for _ in range(60)
        ]
    return Business(spans, events)

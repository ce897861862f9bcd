"""Rows of a past due subscription carry the day since which it is unpaid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.stripe.subscriptions.past_due import with_past_due
from keepwell.importing.upserts.rows import SubscriptionRow
from keepwell.records.model import Interval

TODAY = date(2026, 3, 20)
PERIOD = date(2026, 3, 5)
ROW = SubscriptionRow(
    external_id="sub_1",
    account="cus_1",
    plan="price_1",
    seats=1,
    amount=Decimal(10),
    amount_per=Interval.MONTH,
    billing_interval=Interval.MONTH,
    currency="USD",
    starts_on=date(2026, 1, 5),
    ends_on=None,
    is_trial=False,
    cancelled_on=None,
    end_reason=None,
)


def since(
    status: str,
    *,
    known: SubscriptionRow = ROW,
    period_start: date | None = PERIOD,
    ends_on: date | None = None,
) -> date | None:
    started = None if period_start is None else datetime(*period_start.timetuple()[:3], tzinfo=UTC)
    shown = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": status,
        "items": {"data": []},
        "start_date": 1_767_571_200,
        "current_period_start": None if started is None else int(started.timestamp()),
    }
    (row,) = with_past_due(
        [msgspec.structs.replace(ROW, ends_on=ends_on)],
        read(shown, Subscription),
        known=[known],
        today=TODAY,
    )
    return row.past_due_since


def test_a_past_due_subscription_is_unpaid_since_its_period_began() -> None:
    assert since("past_due") == PERIOD
    assert since("past_due", period_start=None) == TODAY


def test_the_day_stays_that_of_the_first_unpaid_period() -> None:
    february = msgspec.structs.replace(ROW, past_due_since=date(2026, 2, 5))
    assert since("past_due", known=february) == date(2026, 2, 5)


def test_a_subscription_that_is_paid_again_or_over_is_no_longer_past_due() -> None:
    marked = msgspec.structs.replace(ROW, past_due_since=PERIOD)
    assert since("active", known=marked) is None
    assert since("past_due", known=marked, ends_on=TODAY) is None

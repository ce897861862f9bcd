"""Payment problems on record count as they stood on the day of a snapshot."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest

from keepwell.churn.counting.lookups import Moments
from keepwell.churn.counting.payments import payments, problem_columns
from keepwell.churn.features import daily_counts, midnight
from keepwell.churn.model import PaymentProblem, ProblemKind
from tests.unit.churn.building import AS_OF, EventRow, event_table

YESTERDAY = AS_OF - timedelta(days=1)
MOMENTS = Moments(np.array([0]), np.array([AS_OF.toordinal()]))
ACCOUNT = UUID(int=1)


def problem(kind: ProblemKind, days_ago: int, *, paid_ago: int | None = None) -> PaymentProblem:
    until = None if paid_ago is None else AS_OF - timedelta(days=paid_ago)
    return PaymentProblem(ACCOUNT, kind, AS_OF - timedelta(days=days_ago), until)


def event(name: str, days_ago: int, *, hour: int = 12) -> EventRow:
    return "A-0001", midnight(AS_OF) - timedelta(days=days_ago, hours=-hour), f"payment_{name}"


def seen(
    *problems: PaymentProblem, events: Iterable[EventRow] = (), known_on: date = YESTERDAY
) -> dict[str, float | None]:
    """What is known of the account's payments; None if nothing is."""
    counts = daily_counts(event_table(events), ["A-0001"], before=AS_OF)
    found = payments(
        counts,
        problem_columns(problems, {ACCOUNT: 0}),
        MOMENTS,
        known_on=np.array([known_on.toordinal()]),
        window=30,
    )
    values = {name: float(getattr(found, name)[0]) for name in found.__struct_fields__}
    assert bool(found.is_open[0]) is not (
        math.isnan(values["open_days"]) and math.isnan(values["overdue_days"])
    )
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def expected(
    failures: int = 0,
    *,
    failed_days_ago: int | None = None,
    open_days: int | None = None,
    overdue_days: int | None = None,
) -> dict[str, float | None]:
    return {
        "failures": failures,
        "failed_days_ago": failed_days_ago,
        "open_days": open_days,
        "overdue_days": overdue_days,
    }


def test_a_failed_charge_is_open_until_it_is_recovered() -> None:
    assert seen(problem("failed", 5)) == expected(1, failed_days_ago=5, open_days=5)
    assert seen(problem("failed", 5, paid_ago=3)) == expected(1, failed_days_ago=5)


def test_a_payment_that_failed_by_an_event_is_open_until_an_event_of_its_recovery() -> None:
    failed, recovered = event("failed", 6), event("recovered", 5)
    assert seen(events=[failed]) == expected(1, failed_days_ago=6, open_days=6)
    assert seen(events=[failed, recovered]) == expected(1, failed_days_ago=6)
    again = [failed, recovered, event("failed", 2)]
    assert seen(events=again) == expected(2, failed_days_ago=2, open_days=2)


def test_a_failure_that_is_also_a_charge_is_open_as_long_as_the_charge_says() -> None:
    failed = event("failed", 6)
    assert seen(problem("failed", 6, paid_ago=3), events=[failed]) == expected(1, failed_days_ago=6)
    assert seen(problem("failed", 6), events=[failed]) == expected(1, failed_days_ago=6, open_days=6)
    later = [failed, event("failed", 4)]
    assert seen(problem("failed", 6, paid_ago=5), events=later) == expected(2, failed_days_ago=4, open_days=4)


def test_within_a_day_the_later_event_counts() -> None:
    recovered_at_last = [event("failed", 3, hour=9), event("recovered", 3, hour=10)]
    failed_at_last = [event("recovered", 3, hour=9), event("failed", 3, hour=10)]
    assert seen(events=recovered_at_last)["open_days"] is None
    assert seen(events=failed_at_last)["open_days"] == 3


def test_an_unpaid_invoice_is_overdue_since_the_oldest_due_day() -> None:
    found = seen(problem("unpaid", 60), problem("unpaid", 30), problem("unpaid", 90, paid_ago=40))
    assert found == expected(overdue_days=60)


def test_an_invoice_that_is_due_today_or_later_is_not_overdue() -> None:
    assert seen(problem("unpaid", 0), problem("unpaid", -10)) == expected()


def test_a_payment_made_on_the_day_or_later_was_not_known_on_the_day() -> None:
    paid_later = problem("unpaid", 9, paid_ago=0)
    assert seen(paid_later)["overdue_days"] == 9
    assert seen(paid_later, known_on=AS_OF)["overdue_days"] is None


def test_a_failure_that_is_both_an_event_and_a_charge_counts_once() -> None:
    both = seen(problem("failed", 5), events=[event("failed", 5)])
    assert both == expected(1, failed_days_ago=5, open_days=5)


@pytest.mark.parametrize(("kind", "days_ago"), [("failed", 29), ("unpaid", 181)])
def test_old_problems_are_no_longer_open(kind: ProblemKind, days_ago: int) -> None:
    def is_open(days: int) -> bool:
        found = seen(problem(kind, days))
        return (found["open_days"], found["overdue_days"]) != (None, None)

    assert not is_open(days_ago)
    assert is_open(days_ago - 1)

"""Payment problems on record count as they stood on the day of a snapshot."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from keepwell.churn.model import ActivityFeatures, PaymentProblem, ProblemKind
from keepwell.churn.payments import with_payments
from tests.unit.churn.building import AS_OF

YESTERDAY = AS_OF - timedelta(days=1)


def problem(kind: ProblemKind, days_ago: int, *, paid_ago: int | None = None) -> PaymentProblem:
    until = None if paid_ago is None else AS_OF - timedelta(days=paid_ago)
    return PaymentProblem(UUID(int=1), kind, AS_OF - timedelta(days=days_ago), until)


def seen(
    *problems: PaymentProblem, activity: ActivityFeatures | None = None, known_on: date = YESTERDAY
) -> ActivityFeatures:
    return with_payments(activity or ActivityFeatures(), problems, as_of=AS_OF, known_on=known_on)


def test_a_failed_charge_is_open_until_it_is_recovered() -> None:
    assert seen(problem("failed", 5)) == ActivityFeatures(failed_payments=1, open_payment_days=5)
    assert seen(problem("failed", 5, paid_ago=3)) == ActivityFeatures(failed_payments=1)


def test_an_unpaid_invoice_is_overdue_since_the_oldest_due_day() -> None:
    found = seen(problem("unpaid", 60), problem("unpaid", 30), problem("unpaid", 90, paid_ago=40))
    assert found == ActivityFeatures(overdue_days=60)
    assert found.has_open_payment


def test_an_invoice_that_is_due_today_or_later_is_not_overdue() -> None:
    assert not seen(problem("unpaid", 0), problem("unpaid", -10)).has_open_payment


def test_a_payment_made_on_the_day_or_later_was_not_known_on_the_day() -> None:
    paid_later = problem("unpaid", 9, paid_ago=0)
    assert seen(paid_later).overdue_days == 9
    assert seen(paid_later, known_on=AS_OF).overdue_days is None


def test_a_failure_that_is_both_an_event_and_a_charge_counts_once() -> None:
    event = ActivityFeatures(failed_payments=1, open_payment_days=5)
    assert seen(problem("failed", 5), activity=event) == event


@pytest.mark.parametrize(("kind", "days_ago"), [("failed", 29), ("unpaid", 181)])
def test_old_problems_are_ignored(kind: ProblemKind, days_ago: int) -> None:
    assert seen(problem(kind, days_ago)) == ActivityFeatures()
    assert seen(problem(kind, days_ago - 1)).has_open_payment

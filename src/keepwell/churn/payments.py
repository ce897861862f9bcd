"""Payment problems on record, failed charges and unpaid invoices, as they stood on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from keepwell.churn.features import LOOKBACK_DAYS, WINDOW_DAYS
from keepwell.churn.model import ActivityFeatures, PaymentProblem, ProblemKind

ProblemsByAccount = Mapping[UUID, Sequence[PaymentProblem]]


def problems_by_account(problems: Iterable[PaymentProblem]) -> ProblemsByAccount:
    """The problems of each account."""
    grouped: defaultdict[UUID, list[PaymentProblem]] = defaultdict(list)
    for problem in problems:
        grouped[problem.account_id].append(problem)
    return grouped


def with_payments(
    seen: ActivityFeatures, problems: Sequence[PaymentProblem], *, as_of: date, known_on: date
) -> ActivityFeatures:
    """`seen` with the problems that began before `as_of`; a payment made after the day `known_on` is not known yet.

    A failure may be both an event and a charge: it counts once.
    """
    begun = [problem for problem in problems if problem.since < as_of]
    still_open = [problem for problem in begun if problem.until is None or problem.until > known_on]
    failed = [each.since for each in _recent(begun, "failed", as_of=as_of, days=WINDOW_DAYS)]
    open_failed = [
        (as_of - each.since).days for each in _recent(still_open, "failed", as_of=as_of, days=WINDOW_DAYS)
    ]
    unpaid = [
        (as_of - each.since).days for each in _recent(still_open, "unpaid", as_of=as_of, days=LOOKBACK_DAYS)
    ]
    if seen.open_payment_days is not None:
        open_failed.append(seen.open_payment_days)
    return msgspec.structs.replace(
        seen,
        failed_payments=max(seen.failed_payments, len(failed)),
        open_payment_days=min(open_failed, default=None),
        overdue_days=max(unpaid, default=None),
    )


def _recent(
    problems: Iterable[PaymentProblem], kind: ProblemKind, *, as_of: date, days: int
) -> list[PaymentProblem]:
    earliest = as_of - timedelta(days=days)
    return [problem for problem in problems if problem.kind == kind and problem.since >= earliest]

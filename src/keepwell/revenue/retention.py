"""Who stayed: retention from a fixed opening set, the quick ratio, cohorts, and rates per month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

import msgspec

from keepwell.revenue.model import MONTHS_PER_YEAR, Movement, MovementKind, Period, Span, mrr_by_account

DAYS_PER_YEAR = 365


class Cohort(msgspec.Struct, frozen=True):
    """Customers by the month of their first paid day, and how many still pay at each month's end.

    `paying[n]` counts them n months on; a month that has not ended yet is None, not zero.
    """

    month: date
    size: int
    paying: Sequence[int | None]


def net_retention(opening: Mapping[UUID, Fraction], now: Mapping[UUID, Fraction]) -> Fraction | None:
    """NRR point to point: the opening customers' MRR now, by their MRR then; None without any."""
    then = sum(opening.values(), Fraction())
    return sum((now.get(account, Fraction()) for account in opening), Fraction()) / then if then else None


def gross_retention(opening: Mapping[UUID, Fraction], now: Mapping[UUID, Fraction]) -> Fraction | None:
    """GRR point to point: as NRR, with each customer capped at their opening MRR."""
    capped = {account: min(now.get(account, Fraction()), amount) for account, amount in opening.items()}
    return net_retention(opening, capped)


def movement_net_retention(period: Period) -> Fraction | None:
    """NRR by movements: all but new business counts, also of customers who were not there at the opening."""
    if not period.opening:
        return None
    return 1 + (period.closing - period.opening - period.totals[MovementKind.NEW]) / period.opening


def quick_ratio(period: Period) -> Fraction | None:
    """(new + expansion + reactivation) / (contraction + churn); None where nothing was lost."""
    total = period.totals
    gained = total[MovementKind.NEW] + total[MovementKind.EXPANSION] + total[MovementKind.REACTIVATION]
    lost = total[MovementKind.CONTRACTION] + total[MovementKind.CHURN]
    return gained / -lost if lost else None


def monthly_rate(rate: float, *, days: int) -> float:
    """The rate per month of a `rate` measured over `days`: 1 - (1 - rate) ^ ((365 / 12) / days)."""
    exponent: float = (DAYS_PER_YEAR / MONTHS_PER_YEAR) / days
    return 1.0 - float((1.0 - rate) ** exponent)


def cohorts(
    spans: Iterable[Span],
    found: Iterable[Movement],
    *,
    month_bounds: Sequence[tuple[date, date]],
    today: date,
) -> list[Cohort]:
    """One cohort per month of `month_bounds`; a reactivation keeps its cohort."""
    first_paid = {movement.account_id: movement.on for movement in found if movement.kind is MovementKind.NEW}
    held = list(spans)
    at_end = [None if end >= today else set(mrr_by_account(held, end)) for _, end in month_bounds]
    members: defaultdict[date, set[UUID]] = defaultdict(set)
    for account, day in first_paid.items():
        members[day.replace(day=1)].add(account)
    return [
        Cohort(
            month=start.replace(day=1),
            size=len(members[start.replace(day=1)]),
            paying=[
                None if paying is None else len(paying & members[start.replace(day=1)])
                for paying in at_end[index:]
            ],
        )
        for index, (start, _) in enumerate(month_bounds)
    ]

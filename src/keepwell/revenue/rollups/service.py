"""The sums behind the figures: the roll-ups of whole months, and the facts of the days that divide a month.

Functions take a connection inside a transaction and never commit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.platform.database import Connection
from keepwell.records.model import EARLIEST_DAY, LATEST_DAY
from keepwell.revenue.model import ONE_DAY
from keepwell.revenue.policies import POLICIES
from keepwell.revenue.rollups import store
from keepwell.revenue.rollups.model import (
    CohortRow,
    CountedSum,
    DayRow,
    KeptFromRow,
    KeptRow,
    LevelRow,
    MonthRow,
    RevaluedRow,
    Stored,
    Totals,
    TwoTotals,
    nearest_month,
    open_days,
    open_days_until,
)
from keepwell.revenue.steps import DaySpan


class Scope(NamedTuple):
    """The workspace and policy of a figure."""

    workspace_id: UUID
    policy: PolicyName


async def totals(connection: Connection, scope: Scope, *, on: date) -> Totals:
    """Annual recurring revenue and paying accounts at the end of the day `on`."""
    days = open_days_until(on)
    return await store.TOTALS.one(connection, **scope._asdict(), **days._asdict())


async def two_totals(connection: Connection, scope: Scope, *, other: PolicyName, on: date) -> TwoTotals:
    """Annual recurring revenue at the end of the day `on`, by the policy and by `other`."""
    days = open_days_until(on)
    return await store.TWO_TOTALS.one(connection, **scope._asdict(), other=other, **days._asdict())


async def cohorts(
    connection: Connection, scope: Scope, *, first: date, last: date, on: date
) -> Sequence[CohortRow]:
    """What moved in each month until the day `on`, of each cohort from `first` to `last`."""
    days = open_days_until(on)
    return await store.COHORTS.all(connection, **scope._asdict(), first=first, last=last, **days._asdict())


async def months(
    connection: Connection, scope: Scope, *, start: date, end: date, split: date | None = None
) -> Sequence[MonthRow]:
    """What moved in each month of the period, and before it.

    The month of `split`, a day of the period, is two rows of each kind: until then, and from that day on.
    """
    days = open_days(split or start, end)._replace(start=start)
    return await store.MONTHS.all(
        connection, **scope._asdict(), split=split or days.opening, **days._asdict()
    )


async def kept(
    connection: Connection, scope: Scope, *, periods: Sequence[DaySpan]
) -> Sequence[Sequence[KeptRow]]:
    """What became by the end of each period of the customers who paid on the day before it; neither starts nor ends descend."""
    nearest = [_Months(nearest_month(each.start), nearest_month(each.end + ONE_DAY)) for each in periods]
    found = await _kept_by_months(connection, scope, nearest=nearest)
    for number, (period, (opening, closing)) in enumerate(zip(periods, nearest, strict=True)):
        until = period.end + ONE_DAY
        if (opening, closing) == (period.start, until):
            continue
        between = await store.KEPT_BETWEEN.all(
            connection, **scope._asdict(), start=period.start, until=until, opening=opening, closing=closing
        )
        found[number] = _added(found[number], between)
    return [list(each.values()) for each in found]


class _Months(NamedTuple):
    opening: date
    closing: date


_ByReason = dict[str | None, KeptRow]


async def _kept_by_months(
    connection: Connection, scope: Scope, *, nearest: Sequence[_Months]
) -> list[_ByReason]:
    openings, closings = ([each[at] for each in nearest] for at in range(2))
    rows = await store.KEPT_BY_MONTHS.all(
        connection,
        **scope._asdict(),
        openings=openings,
        closings=closings,
        last_opening=openings[-1],
        last_closing=closings[-1],
    )
    found, so_far = [], _ByReason()
    remaining = deque(rows)
    for number in range(len(nearest)):
        while remaining and remaining[0].first <= number:
            so_far = _added(so_far, [remaining.popleft()])
        found.append(so_far)
    return found


def _added(kept: _ByReason, rows: Sequence[KeptRow | KeptFromRow]) -> _ByReason:
    found = dict(kept)
    for row in rows:
        before = found.get(row.end_reason, KeptRow(row.end_reason, 0, Decimal(), Decimal()))
        found[row.end_reason] = KeptRow(
            row.end_reason, before.lost + row.lost, before.kept + row.kept, before.capped + row.capped
        )
    return found


async def revalued(
    connection: Connection, scope: Scope, *, periods: Sequence[DaySpan]
) -> Sequence[RevaluedRow]:
    """The same for the revenue of customers with an FX line, from their facts and subscriptions: a row for each period."""
    rows = await store.REVALUED.all(
        connection,
        **scope._asdict(),
        uses_list_price=POLICIES[scope.policy].uses_list_price,
        starts=[period.start for period in periods],
        ends=[period.end for period in periods],
    )
    by_period = {row.period: row for row in rows}
    nothing = Decimal()
    return [
        by_period.get(number, RevaluedRow(number, nothing, nothing, nothing, nothing))
        for number in range(len(periods))
    ]


async def days(connection: Connection, scope: Scope, *, start: date, end: date) -> Sequence[DayRow]:
    """What moved on each day of the period."""
    return await store.DAYS.all(connection, **scope._asdict(), start=start, end=end)


async def levels(connection: Connection, scope: Scope, *, start: date, end: date) -> Sequence[LevelRow]:
    """By how much each day of the period moved the level."""
    return await store.LEVELS.all(connection, **scope._asdict(), start=start, end=end)


async def counted(
    connection: Connection, scope: Scope, *, start: date | None, end: date | None, **filters: object
) -> CountedSum:
    """How many facts of a `kind`, `end_reason` and `cohort` there are in the period, and their sum."""
    bounds = open_days(start or EARLIEST_DAY, end or LATEST_DAY)
    return await store.COUNTED.one(connection, **scope._asdict(), **bounds._asdict(), **filters)


async def clear(connection: Connection, *, workspace_id: UUID) -> None:
    """Delete the roll-ups of a workspace whose facts have been deleted: what is left of them was wrong."""
    await store.CLEAR_SUMS.run(connection, workspace_id=workspace_id)
    await store.CLEAR_DAYS.run(connection, workspace_id=workspace_id)
    await store.CLEAR_RETENTIONS.run(connection, workspace_id=workspace_id)


async def stored(connection: Connection, *, workspace_id: UUID) -> Stored:
    """Every row of the roll-ups."""
    return Stored(
        await store.SUMS.all(connection, workspace_id=workspace_id),
        await store.DAY_SUMS.all(connection, workspace_id=workspace_id),
        await store.RETENTIONS.all(connection, workspace_id=workspace_id),
    )

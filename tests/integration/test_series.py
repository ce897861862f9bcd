"""Figures by step, compared with the report of each step's own days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.identity import service as identity
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import DataValidationError
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from keepwell.revenue import service
from keepwell.revenue.facts import service as movement_facts
from keepwell.revenue.movements.model import MovementFilter
from keepwell.revenue.movements.service import movement_totals
from keepwell.revenue.rates.service import set_rates
from keepwell.revenue.reports.churn import churn_report, lifetime_value_report
from keepwell.revenue.reports.movements import movements_report
from keepwell.revenue.reports.query import ReportQuery
from keepwell.revenue.reports.retention import retention_report
from keepwell.revenue.reports.series import series_report
from keepwell.revenue.steps import StepName, steps
from tests import thorough
from tests.clocks import FixedClock
from tests.integration.histories import RATES, YEAR, days, fill, subscriptions
from tests.integration.records import Client

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 12, 31, 12, tzinfo=UTC))
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))
START = date(2025, 12, 20)
STEPS: Sequence[StepName] = ("day", "week", "month", "quarter", "year")


@settings(
    max_examples=thorough.repeats(15, thorough=300), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(
    rows=st.lists(subscriptions(), min_size=1, max_size=8),
    end=days,
    by=st.sampled_from(STEPS),
    over=st.integers(1, 4),
)
async def test_each_point_has_the_figures_of_its_own_days(
    database: Database, rows: list[dict[str, Any]], end: date, by: StepName, over: int
) -> None:
    async with database.transaction() as connection:
        own = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME)
        await set_rates(connection, RATES, workspace_id=own.id, today=YEAR)
        ids = await fill(connection, own.id, rows)
        await movement_facts.refresh(connection, workspace_id=own.id, account_ids=ids)
        asked = ReportQuery(own.id, START, end, "USD")
        found = await series_report(connection, asked, by=by, over=over)
        for point in found.points:
            level = await service.mrr(connection, workspace_id=own.id, on=point.end, currency="USD")
            assert (point.mrr, point.accounts, point.arpa) == (level.mrr, level.accounts, level.arpa)
            if by in {"day", "week"}:
                assert (point.net, point.since) == (None, None)
            else:
                await _require_reports(connection, asked, point)
        await _require_movements(connection, asked, by=by)


async def _require_reports(connection: Connection, asked: ReportQuery, point: Any) -> None:
    own = asked._replace(start=point.since, end=point.end)
    retained = await retention_report(connection, own)
    churn = await churn_report(connection, own)
    value = await lifetime_value_report(connection, own)
    (moved,) = (await movements_report(connection, own, by="total")).periods
    assert (point.net, point.gross) == (retained.net, retained.gross)
    assert (point.account_rate, point.account_rate_monthly) == (
        churn.account_rate,
        churn.account_rate_monthly,
    )
    assert (point.revenue_rate, point.revenue_rate_monthly) == (
        churn.revenue_rate,
        churn.revenue_rate_monthly,
    )
    assert (point.lifetime_value, point.quick_ratio) == (value.lifetime_value, moved.quick_ratio)


async def _require_movements(connection: Connection, asked: ReportQuery, *, by: StepName) -> None:
    periods = (await movements_report(connection, asked, by=by)).periods
    for period in periods:
        own = asked._replace(start=period.start, end=period.end)
        (alone,) = (await movements_report(connection, own, by="total")).periods
        assert period == alone
        listed = MovementFilter(start=period.start, end=period.end, kind="churn")
        totals = await movement_totals(
            connection, listed, workspace_id=asked.workspace_id, currency="USD", policy="default"
        )
        assert totals.amount == period.churn
    assert all(before.closing == after.opening for before, after in pairwise(periods))


def test_the_steps_of_a_period_are_clipped_to_it_and_weeks_begin_on_monday() -> None:
    weeks = steps(date(2026, 1, 1), date(2026, 1, 14), by="week")
    assert weeks == [
        (date(2026, 1, 1), date(2026, 1, 4)),
        (date(2026, 1, 5), date(2026, 1, 11)),
        (date(2026, 1, 12), date(2026, 1, 14)),
    ]
    quarters = steps(date(2025, 12, 31), date(2026, 4, 1), by="quarter")
    assert [start for start, _ in quarters] == [date(2025, 12, 31), date(2026, 1, 1), date(2026, 4, 1)]


def test_too_many_steps_are_refused_with_a_longer_one_as_the_hint() -> None:
    with pytest.raises(DataValidationError, match="more than 400 days"):
        steps(date(2020, 1, 1), date(2026, 1, 1), by="day")


async def test_movements_are_counted_and_exported_as_they_are_listed(client: Client) -> None:
    account = (await client.post("/v1/accounts", json={"external_id": "A-1", "name": "One"})).json()
    for plan, starts_on in (("Basic", "2026-01-05"), ("Pro", "2026-02-10")):
        body = {"account_id": account["id"], "external_id": plan, "plan": plan, "amount": "10.00"}
        body |= {"amount_per": "month", "currency": "USD", "interval": "month", "starts_on": starts_on}
        assert (await client.post("/v1/subscriptions", json=body)).status_code == 201
    for query in ("", "?kind=new", f"?account_id={account['id']}", "?from=2026-01-06", "?to=2026-02-09"):
        listed = (await client.get(f"/v1/movements{query}")).json()["items"]
        totals = (await client.get(f"/v1/movements/totals{query}")).json()
        exported = (await client.get(f"/v1/movements.csv{query}")).text.splitlines()
        assert totals["movements"] == len(listed) == len(exported) - 1
        assert totals["amount"] == f"{10 * len(listed)}.00"

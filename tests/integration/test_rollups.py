"""The figures, which are read from monthly roll-ups, compared with sums of the single facts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.database import Connection, Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import Runtime
from keepwell.revenue import service
from keepwell.revenue.facts import service as movement_facts
from keepwell.revenue.model import months
from keepwell.revenue.policies import POLICIES
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import set_rates
from keepwell.revenue.rebuild import service as rebuilding
from keepwell.revenue.reports.churn import churn_report
from keepwell.revenue.reports.cohorts import cohorts_report
from keepwell.revenue.reports.movements import movements_report
from keepwell.revenue.reports.query import ReportQuery
from keepwell.revenue.reports.retention import retention_report
from keepwell.revenue.reports.series import series_report
from tests import thorough
from tests.clocks import FixedClock
from tests.integration.figures_of_facts import Facts, read_facts
from tests.integration.histories import RATES, YEAR, days, fill, subscriptions

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 12, 31, 12, tzinfo=UTC))
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))
# The migrations that roll up the facts that there are: by month, and by day.
ROLLUPS = (31, 40)

DAYS_AND_WEEKS: tuple[Literal["day"], Literal["week"]] = ("day", "week")

# What happens to a subscription after it was first written.
EDITS = [
    "update subscriptions set starts_on = greatest(starts_on - 40, '2025-12-01') where external_id = %s",
    "update subscriptions set ends_on = starts_on + 35, end_reason = 'involuntary' where external_id = %s",
    "update subscriptions set is_trial = not is_trial where external_id = %s",
    "update subscriptions set amount = amount * 3, list_amount = list_amount * 3 where external_id = %s",
    "delete from subscriptions where external_id = %s",
]


async def differences(connection: Connection, workspace_id: UUID) -> list[str]:
    found = await rebuilding.check(
        connection, workspace_id=workspace_id, progress=SilentProgress(), timer=time.perf_counter
    )
    return list(found.differences)


@settings(
    max_examples=thorough.repeats(25, thorough=800), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(
    rows=st.lists(subscriptions(), min_size=1, max_size=8),
    edited=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(EDITS)), max_size=4),
    periods=st.lists(st.tuples(days, st.integers(0, 90)), min_size=4, max_size=4),
    new_rate=st.none() | days,
)
async def test_figures_of_any_days_are_those_of_the_single_facts(
    database: Database,
    rows: list[dict[str, Any]],
    edited: list[tuple[int, Any]],
    periods: list[tuple[date, int]],
    new_rate: date | None,
) -> None:
    async with database.transaction() as connection:
        own = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME)
        await set_rates(connection, RATES, workspace_id=own.id, today=YEAR)
        ids = await fill(connection, own.id, rows)
        for account_id in ids:
            await movement_facts.refresh(connection, workspace_id=own.id, account_ids=[account_id])
        for number, edit in edited:
            await connection.execute(edit, (f"S-{number}",))
            await movement_facts.refresh(connection, workspace_id=own.id, account_ids=ids)
        if new_rate is not None:
            rate = DatedRate("EUR", new_rate, Decimal("1.4"))
            await set_rates(connection, [rate], workspace_id=own.id, today=YEAR)
        assert await differences(connection, own.id) == []
        for policy in POLICIES.values():
            facts = await read_facts(connection, policy, workspace_id=own.id)
            for start, length in periods:
                asked = ReportQuery(own.id, start, start + timedelta(days=length), "USD", policy.name)
                await _require_figures_of(facts, connection, asked)


async def _require_figures_of(facts: Facts, connection: Connection, asked: ReportQuery) -> None:
    _, start, end, _, policy = asked
    mrr = await service.mrr(
        connection, workspace_id=asked.workspace_id, on=end, currency="USD", policy=policy
    )
    assert (mrr.mrr, mrr.accounts) == facts.mrr(end)
    for step in DAYS_AND_WEEKS:
        for point in (await series_report(connection, asked, by=step, over=1)).points:
            assert (point.mrr, point.accounts) == facts.mrr(point.end)
    reports = [
        await movements_report(connection, asked, by=step) for step in ("total", "month", *DAYS_AND_WEEKS)
    ]
    for each in [period for report in reports for period in report.periods]:
        shown = msgspec.to_builtins(each)
        moved = facts.moved(each.start, each.end)
        kinds = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
        assert {kind: shown[kind] for kind in kinds} == {kind: moved.get(kind, "0.00") for kind in kinds}
    retained = msgspec.to_builtins(await retention_report(connection, asked))
    assert retained == retained | facts.retention(start, end)
    churn = await churn_report(connection, asked)
    lost = facts.churned(start, end)
    assert (churn.voluntary_accounts, churn.involuntary_accounts) == (lost["voluntary"], lost["involuntary"])
    assert churn.opening_accounts == retained["opening_accounts"]
    until = end + timedelta(days=40)
    for line in (await cohorts_report(connection, asked, today=until)).cohorts:
        ends = [last for _, last in months(line.month, until) if last < until]
        for paying, amount, last in zip(line.accounts, line.mrr, ends, strict=False):
            if paying is not None:
                assert (paying, amount) == facts.cohort(line.month, last)


async def is_waited_for(connection: Connection) -> bool:
    """Whether some other transaction waits for this one."""
    found = await connection.execute(
        "select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
    )
    return (await found.fetchall()) == [(True,)]


async def test_concurrent_writers_of_a_workspace_lose_nothing(
    database: Database, workspace: Workspace
) -> None:
    rows = [
        {
            "account": number % 3,
            "amount": "10",
            "list_amount": None,
            "amount_per": "month",
            "currency": "USD",
            "starts_on": YEAR + timedelta(days=number),
            "ends_on": YEAR + timedelta(days=number + 45),
            "is_trial": False,
            "end_reason": "voluntary",
        }
        for number in range(6)
    ]
    async with database.workspace(workspace.id) as connection:
        ids = await fill(connection, workspace.id, rows)

    gone = asyncio.Event()

    async def write(account_ids: list[UUID]) -> None:
        async with database.workspace(workspace.id) as connection:
            await movement_facts.refresh(connection, workspace_id=workspace.id, account_ids=account_ids)

    async def leave(account_id: UUID) -> None:
        """As an undo does: the facts are deleted with their account."""
        async with database.workspace(workspace.id) as connection:
            await connection.execute("delete from subscriptions where account_id = %s", (account_id,))
            await connection.execute("delete from accounts where id = %s", (account_id,))
            gone.set()
            while not await is_waited_for(connection):  # noqa: ASYNC110  Postgres has no event for it
                await asyncio.sleep(0.01)
            await movement_facts.refresh(connection, workspace_id=workspace.id, account_ids=[account_id])

    await write(ids)
    leaving = asyncio.create_task(leave(ids[2]))
    await gone.wait()
    await asyncio.gather(*(write([each]) for each in ids[:2] * 3), leaving)
    async with database.workspace(workspace.id) as connection:
        assert await differences(connection, workspace.id) == []
        mrr = await service.mrr(
            connection, workspace_id=workspace.id, on=YEAR + timedelta(days=20), currency="USD"
        )
    assert (mrr.mrr, mrr.accounts) == ("40.00", 2)


@pytest.fixture(params=ROLLUPS, ids=["by month", "by day"])
def before(request: pytest.FixtureRequest, server: str) -> Iterator[str]:
    """The conninfo of a database as the release before the roll-ups left it."""
    name = f"keepwell_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    own = make_conninfo(server, dbname=name)
    migrate(own, [each for each in read_migrations(migrations_folder()) if each.version < request.param])
    yield own
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


async def test_facts_of_the_release_before_are_rolled_up_also_those_that_it_still_writes(before: str) -> None:
    fact = """
        insert into movement_facts
        select workspace_id, gen_random_uuid(), '{default}', id, day, kind, amount, paying, reason, '2026-01-01', '{}'
        from accounts, (values ('2026-01-10'::date, 'new', 120, 1, null), ('2026-03-10', 'churn', -120, -1, 'voluntary'))
          as moved (day, kind, amount, paying, reason)
        where external_id = %s
    """
    with psycopg.connect(before) as connection:
        connection.execute(
            """
            insert into workspaces (id, slug, name, currency, created_at)
            values (gen_random_uuid(), 'shop', 'Shop', 'USD', now());
            insert into accounts (workspace_id, id, external_id, name)
            select id, gen_random_uuid(), each, each from workspaces, unnest(array['A-1', 'A-2', 'A-3']) as each;
            """
        )
        connection.execute(fact, ("A-1",))
        connection.execute(fact, ("A-2",))
    migrate(before, read_migrations(migrations_folder()))
    with psycopg.connect(before) as connection:
        connection.execute(fact, ("A-3",))
        connection.execute(
            "delete from movement_facts using accounts a where a.id = account_id and a.name = 'A-1'"
        )
    async with Database.open(before) as database, database.transaction() as connection:
        shop = await identity.get_workspace(connection, "shop")
        asked = ReportQuery(shop.id, date(2026, 2, 1), date(2026, 3, 31), "USD")
        churn = await churn_report(connection, asked)
        series = await series_report(connection, asked, by="day", over=1)
        found = await differences(connection, shop.id)
    assert [each for each in found if each.startswith("roll-up")] == []
    assert (churn.opening, churn.opening_accounts, churn.voluntary_accounts) == ("20.00", 2, 2)
    assert {point.mrr for point in series.points if point.end < date(2026, 3, 10)} == {"20.00"}

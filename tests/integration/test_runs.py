"""Runs: one for each night, with the stored model, of what is there today; a list, or why there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import anyio
import pytest

from keepwell.app.listeners import event_bus
from keepwell.churn.nightly import jobs
from keepwell.churn.nightly.service import make_run
from keepwell.churn.runs import service as runs
from keepwell.churn.runs.model import Occasion, Run
from keepwell.identity.model import Workspace
from keepwell.importing.import_log.events import ImportEnded
from keepwell.platform.clock import SystemClock, start_of
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.runtime import Runtime, system_runtime
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue
from keepwell.platform.work.model import Job, Retry
from tests.clocks import MovableClock
from tests.integration.records import Client, client_of, made
from tests.integration.scored_sample import Scored, score_sample, training
from tests.integration.scores import pays

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def scored(settings_of_module: Settings, conninfo: str) -> Scored:
    return anyio.run(score_sample, settings_of_module, conninfo)


@pytest.fixture
def in_children(monkeypatch: pytest.MonkeyPatch, settings_of_test: Settings) -> pytest.MonkeyPatch:
    """Child processes find the database of the test."""
    monkeypatch.setenv("KEEPWELL_DATABASE_URL", settings_of_test.database_url or "")
    return monkeypatch


async def run_of(
    database: Database, workspace: Workspace, settings: Settings, *, night: date | None = None
) -> Run:
    return await make_run(
        training(database, settings), workspace_id=workspace.id, cause="manual", night=night
    )


async def rows(
    database: Database, workspace: Workspace, statement: LiteralString, **parameters: object
) -> list[tuple[Any, ...]]:
    async with database.workspace(workspace.id) as connection:
        return await (await connection.execute(statement, parameters)).fetchall()


async def listed_runs(database: Database, workspace: Workspace) -> list[Run]:
    async with database.workspace(workspace.id) as connection:
        return [*(await runs.list_runs(connection, None, workspace_id=workspace.id, limit=200)).items]


async def test_a_run_makes_the_list_of_the_training_again_and_pages_stay_with_their_list(
    scored: Scored, database: Database
) -> None:
    async with client_of(
        database, scored.workspace, settings=scored.settings, runtime=system_runtime()
    ) as client:
        first = (await client.get("/v1/save-list", params={"limit": 5})).json()
        made_now = await run_of(database, scored.workspace, scored.settings)
        assert (made_now.state, made_now.model_version, made_now.as_of) == ("scored", 1, date(2025, 7, 1))
        again = (await client.get("/v1/save-list", params={"limit": 5})).json()
        assert (first["run"], again["run"]) == (made_now.number - 1, made_now.number)
        assert [each["probability"] for each in again["items"]] == [
            each["probability"] for each in first["items"]
        ]
        later = (await client.get("/v1/save-list", params={"limit": 5, "cursor": first["next"]})).json()
        assert (later["run"], later["items"][0]["rank"]) == (first["run"], 6)
        assert (await client.get("/v1/churn/runs", params={"limit": 1})).json()["items"][0][
            "number"
        ] == made_now.number
        account = first["items"][0]["account_id"]
        moments = (await client.get(f"/v1/accounts/{account}/timeline", params={"kinds": "score"})).json()[
            "items"
        ]
        assert [each["type"] for each in moments] == ["scored"]
    differing = await rows(
        database,
        scored.workspace,
        """
        select one.account_id from churn_run_scores one full join churn_run_scores two
          on one.account_id = two.account_id and two.run_number = %(two)s
        where one.run_number = %(one)s
          and (one.probability, one.rank, one.inputs, one.mrr) is distinct from (two.probability, two.rank, two.inputs, two.mrr)
        """,
        one=first["run"],
        two=made_now.number,
    )
    assert differing == []


async def test_a_night_has_one_run_and_nights_without_a_worker_are_on_record_as_missed(
    scored: Scored, database: Database
) -> None:
    today = datetime.now(UTC).date()
    earlier = Occasion("night", today - 4 * DAY, datetime.now(UTC))
    async with database.workspace(scored.workspace.id) as connection:
        await runs.keep_reason(
            connection, earlier, workspace_id=scored.workspace.id, state="not_scored", statement="A test."
        )
    first = await run_of(database, scored.workspace, scored.settings, night=today)
    assert await run_of(database, scored.workspace, scored.settings, night=today) == first
    nights = [each for each in await listed_runs(database, scored.workspace) if each.cause == "night"]
    assert [(each.date, each.state) for each in nights] == [
        (today, "scored"),
        (today - DAY, "missed"),
        (today - 2 * DAY, "missed"),
        (today - 3 * DAY, "missed"),
        (today - 4 * DAY, "not_scored"),
    ]


async def test_scores_are_forgotten_after_400_days_and_the_newest_list_never(
    scored: Scored, database: Database
) -> None:
    run = await run_of(database, scored.workspace, scored.settings)
    await rows(
        database,
        scored.workspace,
        "update churn_runs set date = current_date - 401 where number >= %(number)s returning number",
        number=run.number - 1,
    )
    async with database.workspace(scored.workspace.id) as connection:
        forgotten = await runs.forget_scores(
            connection, workspace_id=scored.workspace.id, today=datetime.now(UTC).date()
        )
    left = await rows(database, scored.workspace, "select distinct run_number from churn_run_scores")
    assert forgotten > 0
    assert (run.number,) in left
    assert (run.number - 1,) not in left


async def test_a_workspace_without_a_model_or_a_history_says_why_nothing_is_scored(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    account = await made(client, "/v1/accounts", {"external_id": "A-1", "name": "Acme"})
    run = await run_of(database, workspace, settings_of_test)
    assert (run.state, run.accounts) == ("not_scored", 0)
    assert run.statement is not None
    assert run.statement.startswith("No account pays on ")
    await pays(client, account, "40.00", starts_on=datetime.now(UTC).date().isoformat())
    run = await run_of(database, workspace, settings_of_test)
    assert run.statement is not None
    assert run.statement.startswith("No account had paid 30 days before ")
    assert (await client.get("/v1/save-list")).json()["run"] is None


async def due(database: Database, workspace: Workspace, kind: str) -> list[datetime]:
    found = await rows(database, workspace, "select due_at from due_work where kind = %(kind)s", kind=kind)
    return [due_at for (due_at,) in found]


async def perform(database: Database, kind: Kind, workspace: Workspace, *, due_at: datetime) -> NextDue:
    """What a worker does with the job of the workspace; one that looks for it would do that of all tests."""
    assert isinstance(kind, LeasedKind)
    settle = await kind.perform(Job(workspace.id, kind.name, workspace.id, due_at, 1))
    async with database.workspace(workspace.id) as connection:
        return await settle(connection)


async def test_the_first_night_is_the_midnight_after_a_worker_first_sees_the_workspace(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    clock = MovableClock(datetime(2026, 3, 10, 9, tzinfo=UTC))
    night, _ = jobs.kinds(database, settings_of_test, clock=clock, bus=event_bus(system_runtime()))
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    assert await perform(database, night, workspace, due_at=clock.instant) == midnight
    assert await listed_runs(database, workspace) == []
    # Without accounts there is nothing that a process of its own would have to read.
    clock.instant = midnight + timedelta(hours=9)
    assert await perform(database, night, workspace, due_at=midnight) == midnight + DAY
    (run,) = await listed_runs(database, workspace)
    assert (run.date, run.state) == (midnight.date(), "not_scored")
    assert run.statement == "There is no account on record yet."
    assert await perform(database, night, workspace, due_at=midnight) == midnight + DAY
    assert len(await listed_runs(database, workspace)) == 1


async def test_imports_in_a_row_give_one_run_soon_webhooks_one_an_hour_and_none_if_nothing_has_changed(
    scored: Scored, database: Database, in_children: None
) -> None:
    clock = MovableClock(datetime.now(UTC))
    bus = event_bus(Runtime(clock, system_runtime().ids))
    before = len(await listed_runs(database, scored.workspace))
    await rows(database, scored.workspace, "delete from due_work returning kind")
    for _ in range(3):
        async with database.workspace(scored.workspace.id) as connection:
            await bus.publish(connection, ImportEnded(workspace_id=scored.workspace.id))
        clock.instant += timedelta(minutes=1)
    (due_at,) = await due(database, scored.workspace, jobs.AFTER_IMPORT)
    assert due_at == clock.instant + timedelta(minutes=2)
    _, after_import = jobs.kinds(database, scored.settings, clock=clock, bus=event_bus(system_runtime()))
    assert await perform(database, after_import, scored.workspace, due_at=due_at) is None
    assert len(await listed_runs(database, scored.workspace)) == before
    last, *_ = await listed_runs(database, scored.workspace)
    came_by_webhook: LiteralString = (
        "update imports set finished_at = now(), source = 'stripe-webhook' returning id"
    )
    await rows(database, scored.workspace, came_by_webhook)
    an_hour_later = last.scored_at + timedelta(hours=1)
    assert await perform(database, after_import, scored.workspace, due_at=due_at) == an_hour_later
    assert len(await listed_runs(database, scored.workspace)) == before
    clock.instant = an_hour_later
    assert await perform(database, after_import, scored.workspace, due_at=due_at) is None
    await rows(database, scored.workspace, "update imports set source = 'file' returning id")
    newest, *others = await listed_runs(database, scored.workspace)
    assert (len(others), newest.cause, newest.state) == (before, "import", "scored")
    assert await perform(database, after_import, scored.workspace, due_at=due_at) is None
    assert len(await listed_runs(database, scored.workspace)) == before + 1


async def test_what_fails_after_a_list_was_stored_is_tried_again_without_another_list_and_nothing_is_judged_twice(
    scored: Scored, database: Database, in_children: None
) -> None:
    clock = SystemClock()
    midnight = start_of(clock.now().date())
    kinds = jobs.kinds(database, scored.settings, clock=clock, bus=event_bus(system_runtime()))
    await rows(database, scored.workspace, "delete from churn_runs where cause = 'night' returning date")
    judged: LiteralString = """
        select r.cause, r.judged_at is not null, (select count(*) from churn_drift d where d.run_number = r.number)
        from churn_runs r order by r.number desc limit 1
    """
    for kind, cause, next_due in zip(kinds, ("night", "import"), (midnight + DAY, None), strict=True):
        before = len(await listed_runs(database, scored.workspace))
        await rows(database, scored.workspace, "update imports set finished_at = now() returning id")
        await rows(database, scored.workspace, "update churn_models set reference = '{}' returning version")
        with pytest.raises(InfrastructureError, match="reference"):
            await perform(database, kind, scored.workspace, due_at=midnight)
        assert await rows(database, scored.workspace, judged) == [(cause, False, 0)]
        await rows(database, scored.workspace, "update churn_models set reference = null returning version")
        for _ in range(2):
            assert await perform(database, kind, scored.workspace, due_at=midnight) == next_due
        assert await rows(database, scored.workspace, judged) == [(cause, True, 1)]
        assert len(await listed_runs(database, scored.workspace)) == before + 1


async def test_without_the_extra_the_work_says_so_and_is_tried_again_on_the_next_day(
    scored: Scored, database: Database, in_children: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sklearn.py").write_text("raise ImportError('not installed')")
    in_children.setenv("PYTHONPATH", str(tmp_path))
    night, _ = jobs.kinds(database, scored.settings, clock=SystemClock(), bus=event_bus(system_runtime()))
    midnight = start_of(datetime.now(UTC).date())
    await rows(database, scored.workspace, "delete from churn_runs where cause = 'night' returning date")
    # A stored model is arithmetic.
    assert await perform(database, night, scored.workspace, due_at=midnight) == midnight + DAY
    await rows(database, scored.workspace, "delete from churn_runs returning date")
    await rows(database, scored.workspace, "delete from churn_models returning version")
    assert await perform(database, night, scored.workspace, due_at=midnight) == Retry(
        midnight + DAY,
        "Training needs numpy and scikit-learn. Install the extra: pip install 'keepwell[churn]'.",
    )
    assert await listed_runs(database, scored.workspace) == []

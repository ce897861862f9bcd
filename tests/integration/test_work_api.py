"""What is due, late or failing, over the API and the command line, and retrying it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keepwell.app.work.jobs import opened_kinds
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from keepwell.platform.work.kinds import TransactionalKind
from keepwell.platform.work.model import Job
from keepwell.platform.work.worker import Worker
from tests.clocks import MovableClock
from tests.commands import ROOT
from tests.integration.due_work import rows, schedule
from tests.integration.records import Client, client_of, problem_code, token_of
from tests.running import keepwell

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
CLOCK = MovableClock(NOW)
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as opened:
        yield opened


async def failing(_: Connection, job: Job) -> None:
    raise ZeroDivisionError(f"attempt {job.attempts}")


async def make_failing_and_unknown(database: Database, workspace: Workspace) -> None:
    kind = "trial.failing"
    await schedule(database, workspace.id, due_at=NOW, kind=kind)
    await schedule(database, workspace.id, due_at=NOW, kind="trial.removed")
    await Worker(
        database, [TransactionalKind(name=kind, run=failing)], clock=CLOCK, jitter=lambda: 0.0
    ).round()


async def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/work{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_work_is_listed_in_the_order_in_which_it_is_due_with_its_state(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await make_failing_and_unknown(database, workspace)
    for minutes in (-5, -1, 60):
        await schedule(database, workspace.id, due_at=NOW + timedelta(minutes=minutes), kind="trial.due")
    await schedule(database, workspace.id, due_at=NOW - timedelta(minutes=2), kind="trial.running")
    await rows(
        database,
        "update due_work set leased_until = %s where kind = 'trial.running' returning kind",
        [NOW + timedelta(seconds=1)],
        workspace_id=workspace.id,
    )
    assert [(each["kind"], each["status"]) for each in await listed(client)] == [
        ("trial.due", "late"),
        ("trial.running", "running"),
        ("trial.due", "due"),
        ("trial.removed", "unknown"),
        ("trial.failing", "failing"),
        ("trial.due", "waiting"),
    ]
    [failed] = await listed(client, "?status=failing")
    assert (failed["attempts"], failed["last_error"]) == (1, "ZeroDivisionError: attempt 1")
    assert len(await listed(client, "?kind=trial.due&sort=-due_at")) == 3


async def test_every_page_of_the_list_is_reached_by_its_cursor(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await schedule(database, workspace.id, due_at=NOW, kind="trial.a", count=3)
    await schedule(database, workspace.id, due_at=NOW, kind="trial.b", count=2)
    found, path = [], "/v1/work?limit=2"
    while path:
        page = (await client.get(path)).json()
        found += [each["id"] for each in page["items"]]
        path = f"/v1/work?limit=2&cursor={page['next']}" if page["next"] else ""
    assert len(found) == len(set(found)) == 5


async def test_failing_work_is_retried_at_once_and_the_retry_is_audited(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await make_failing_and_unknown(database, workspace)
    [failed] = await listed(client, "?status=failing")
    answer = await client.post(f"/v1/work/{failed['kind']}/{failed['id']}/retry")
    assert answer.status_code == 200, answer.text
    retried = answer.json()
    assert (retried["status"], retried["due_at"], retried["attempts"]) == ("due", "2026-03-10T12:00:00Z", 0)
    entries = (await client.get("/v1/audit-entries?action=work.retried")).json()["items"]
    assert [entry["subject"] for entry in entries] == [f"trial.failing:{failed['id']}"]


async def test_work_that_is_under_way_or_not_there_is_not_retried(
    client: Client, database: Database, workspace: Workspace
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOW, kind="trial.running")
    await rows(
        database,
        "update due_work set leased_until = %s returning kind",
        [NOW + timedelta(seconds=1)],
        workspace_id=workspace.id,
    )
    answer = await client.post(f"/v1/work/trial.running/{subject}/retry")
    assert (answer.status_code, problem_code(answer)) == (409, "conflict")
    answer = await client.post(f"/v1/work/trial.other/{subject}/retry")
    assert (answer.status_code, problem_code(answer)) == (404, "not-found")


async def test_work_needs_its_own_permission(
    client: Client, database: Database, workspace: Workspace
) -> None:
    others = [each for each in Permission if each is not Permission.MANAGE_WORK]
    token = await token_of(database, workspace, runtime=RUNTIME, scopes=others)
    answer = await client.get("/v1/work", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


async def test_the_command_line_lists_and_retries_work(
    database: Database, workspace: Workspace, settings_of_test: Settings, conninfo: str
) -> None:
    await make_failing_and_unknown(database, workspace)

    def run(*arguments: str) -> str:
        command = ("work", *arguments, "--workspace", workspace.slug)
        return keepwell(settings_of_test.home, *command, database_url=conninfo)

    [failed] = json.loads(run("list", "--json", "--kind", "trial.failing"))
    assert "failing  trial.failing" in run("list")
    assert "does not know the kind 'trial.removed'" in run("list", "--status", "unknown")
    assert json.loads(run("retry", "--json", "trial.failing", failed["id"]))["last_error"] is None
    assert json.loads(run("list", "--json", "--status", "failing")) == []


async def test_the_docs_list_every_kind_of_work(database: Database, settings_of_test: Settings) -> None:
    async with opened_kinds(database, settings=settings_of_test, runtime=RUNTIME) as kinds:
        names = sorted(kind.name for kind in kinds)
    listed = re.findall(r"^\| ([a-z]+\.[a-z]+) \|", (ROOT / "docs" / "work.md").read_text(), re.MULTILINE)
    assert sorted(listed) == names

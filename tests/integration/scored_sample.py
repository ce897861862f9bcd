"""The sample business with its first save list, and what tests of the list do with it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.churn import training_service
from keepwell.churn.history import TrainingContext
from keepwell.churn.training_service import TrainingResult
from keepwell.identity.model import Workspace
from keepwell.importing.service import ImportContext
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import system_runtime
from keepwell.sample.service import import_sample, write_export
from keepwell.sample.truth import FOLDER as TRUTH_FOLDER
from tests.integration.records import Client

UNTIL = date(2025, 7, 1)


def training(database: Database, settings: Settings) -> TrainingContext:
    return TrainingContext(
        database=database,
        lake=settings.lake,
        holdout=Holdout(b"test"),
        clock=SystemClock(),
        progress=SilentProgress(),
    )


async def train(database: Database, settings: Settings, workspace: Workspace) -> TrainingResult:
    return await training_service.train(training(database, settings), workspace_id=workspace.id)


class Scored(NamedTuple):
    """A workspace with the sample business and its first model."""

    workspace: Workspace
    settings: Settings
    trained: TrainingResult
    unpaid: list[UUID]


async def score_sample(settings: Settings, conninfo: str) -> Scored:
    folder = settings.home / "sample"
    write_export(folder, seed=1, until=UNTIL, accounts=40, progress=SilentProgress())
    async with Database.open(conninfo) as database:
        work = ImportContext(
            database=database,
            settings=settings,
            slug=f"test-{uuid4().hex[:12]}",
            runtime=system_runtime(),
            bus=event_bus(system_runtime()),
            registry=IMPORT_ENTITIES,
            progress=SilentProgress(),
        )
        # The product never reads what was planted.
        shutil.rmtree(folder / TRUTH_FOLDER)
        workspace = await import_sample(work, folder=folder)
        unpaid = await leave_unpaid(database, workspace)
        return Scored(workspace, settings, await train(database, settings, workspace), unpaid)


async def leave_unpaid(database: Database, workspace: Workspace) -> list[UUID]:
    """Records as Stripe gives them: accounts with an open invoice, a failed charge, a past due subscription."""
    own = {"workspace_id": workspace.id}
    async with database.workspace(workspace.id) as connection:
        cursor = await connection.execute(
            """
            select a.id from accounts a join subscriptions s on (s.workspace_id, s.account_id) = (a.workspace_id, a.id)
            where a.workspace_id = %(workspace_id)s and s.ends_on is null and s.annual_amount > 0 and not s.is_trial
            group by a.id, a.external_id order by a.external_id limit 4
            """,
            own,
        )
        # The third has a failed payment of its own in the sample.
        debtor, declined, _, past_due = (account_id for (account_id,) in await cursor.fetchall())
        await connection.execute(
            """
            insert into invoices (workspace_id, id, external_id, account_id, status, currency, total, issued_on)
            values (%(workspace_id)s, gen_random_uuid(), 'in_1', %(account_id)s, 'open', 'USD', 49, '2025-06-19')
            """,
            own | {"account_id": debtor},
        )
        await connection.execute(
            """
            insert into charges (workspace_id, id, external_id, account_id, status, currency, amount, charged_at)
            values (%(workspace_id)s, gen_random_uuid(), 'ch_1', %(account_id)s, 'failed', 'USD', 49,
                    '2025-06-27 08:00+00')
            """,
            own | {"account_id": declined},
        )
        await connection.execute(
            """
            update subscriptions set past_due_since = '2025-06-21'
            where workspace_id = %(workspace_id)s and account_id = %(account_id)s and ends_on is null
            """,
            own | {"account_id": past_due},
        )
    return [debtor, declined, past_due]


async def end(client: Client, subscription_id: str, *, on: str | None) -> None:
    path = f"/v1/subscriptions/{subscription_id}"
    etag = (await client.get(path)).headers["etag"]
    answer = await client.patch(path, json={"ends_on": on}, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


async def pages(client: Client, **query: str | int) -> AsyncIterator[dict[str, Any]]:
    while True:
        answer = await client.get("/v1/save-list", params=query)
        page: dict[str, Any] = answer.json()
        yield page
        if page["next"] is None:
            assert "link" not in answer.headers
            return
        assert page["next"] in answer.headers["link"]
        query["cursor"] = page["next"]


async def somebody_waits(database: Database) -> bool:
    """Whether a transaction waits for a lock of another one."""
    async with database.transaction() as connection:
        found = await connection.execute("select 1 from pg_locks where not granted")
        return await found.fetchone() is not None


async def inputs_of(
    database: Database, workspace: Workspace, *, version: int
) -> dict[UUID, dict[str, float]]:
    """What is kept of each account that the model of this version scored."""
    async with database.workspace(workspace.id) as connection:
        cursor = await connection.execute(
            """
            select s.account_id, r.input_names, s.inputs
            from churn_run_scores s join churn_runs r on r.number = s.run_number
            where r.model_version = %(version)s
            """,
            {"version": version},
        )
        rows = await cursor.fetchall()
        return {account_id: dict(zip(names, inputs, strict=True)) for account_id, names, inputs in rows}


async def move_starts(database: Database, workspace: Workspace, account_id: UUID, *, days: int) -> None:
    """Change in the records when the subscriptions of an account began."""
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "update subscriptions set starts_on = starts_on + %(days)s::integer where account_id = %(account_id)s",
            {"days": days, "account_id": account_id},
        )

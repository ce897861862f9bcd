"""A night of a worker, from outcomes that contradict the champion to another model, and whoever has to know of it.

`tests/integration/test_champions.py` goes through the same without a worker.
"""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import anyio
import pytest

from keepwell.identity import service as identity
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.commands import start_command
from tests.conftest import migrated_database
from tests.integration.records import client_of, made
from tests.integration.test_champions import LAST, MONTH, Rate, Shop, changed
from tests.running import PATIENCE, environment

pytestmark = pytest.mark.anyio

DUE_NOW: LiteralString = """
    insert into due_work (workspace_id, kind, subject_id, due_at)
    values (app_workspace(), 'churn.night', app_workspace(), date_trunc('day', now(), 'UTC')) returning kind
"""
DONE: LiteralString = """
    select 1 from due_work where kind = 'churn.night' and due_at = date_trunc('day', now(), 'UTC') + interval '1 day'
"""
WRITE_MAILS: LiteralString = "update due_work set due_at = now() where kind = 'app.alerts' returning kind"
MAILS: LiteralString = "select subject from mails where kind = 'alerts'"


class NightShop(Shop):
    """A shop whose records reach to today, with an owner and an endpoint who hear of it; its night is due."""

    async def prepare(self, rate: Rate, settings: Settings) -> None:
        await self.fill(rate)
        await self.train()
        for number in range(5, 0, -1):
            await self.night(LAST - number * MONTH)
        async with client_of(
            self.database, self.workspace, settings=settings, runtime=system_runtime()
        ) as client:
            await made(
                client, "/v1/members", {"name": "Owner", "role": "owner", "email": "owner@shop.example"}
            )
            hears = ["churn.broken", "churn.model_promoted"]
            await made(
                client, "/v1/webhook-endpoints", {"url": "https://shop.example.com/k", "events": hears}
            )
        await self.rows("delete from due_work returning kind")
        await self.rows(DUE_NOW)

    async def until(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        deadline = time.monotonic() + PATIENCE
        while not (found := await self.rows(statement)):
            assert time.monotonic() < deadline
            await anyio.sleep(0.1)
        return found


@pytest.mark.thorough
async def test_outcomes_that_contradict_the_champion_give_a_challenger_that_wins_and_everybody_hears_of_it(
    server: str, tmp_path: Path
) -> None:
    with migrated_database(server) as conninfo:
        settings = Settings(home=tmp_path / "home", database_url=conninfo)
        async with Database.open(conninfo) as database:
            async with database.transaction() as connection:
                workspace = await identity.ensure_workspace(connection, "shop", runtime=system_runtime())
            today = datetime.now(UTC).date()
            shop = NightShop(database, settings, workspace, later=today - LAST)
            await shop.prepare(changed, settings)
            with (tmp_path / "worker.log").open("ab") as log:
                given = environment(settings.home, database_url=conninfo)
                worker = start_command("worker", environment=given, stdout=log, stderr=log)
            try:
                await shop.until(DONE)
                # As the half hour would.
                await shop.until(WRITE_MAILS)
                mails = await shop.until(MAILS)
            finally:
                worker.send_signal(signal.SIGTERM)
                worker.wait(PATIENCE)
            newest, before = await shop.models()
            assert (newest.standing, before.standing) == ("champion", "retired"), newest.standing_why
            assert newest.comparison is not None
            assert await shop.rows("select version, broken_on is not null from churn_models order by 1") == [
                (1, False),
                (2, True),
            ]
            entries = await shop.rows(
                """
                select action, subject, member_id::text, after::jsonb ->> 'cause', after::jsonb ->> 'statement' from audit_entries
                where action like 'churn_model.%'
                """
            )
            nobody = "00000000-0000-0000-0000-000000000000"
            assert entries == [
                ("churn_model.promoted", "churn_model:2", nobody, "won", newest.standing_why),
            ]
            messages = await shop.rows(
                "select event, body::jsonb -> 'data' from webhook_messages order by event"
            )
            assert [event for event, _ in messages] == ["churn.broken", "churn.model_promoted"]
            assert messages[1][1]["model_version"] == 2
            assert mails == [("Shop: the save list's probabilities do not hold",)]
            night = await shop.rows(
                "select state, model_version, judged_at is not null from churn_runs order by number desc limit 1"
            )
            assert night == [("scored", 1, True)]
            assert len(await shop.rows("select 1 from due_work where kind = 'churn.import'")) == 1

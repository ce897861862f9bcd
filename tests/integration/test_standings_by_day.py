"""The standings of accounts change with the day: in lists and exports at once, in the database at night."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.work.worker import Worker
from keepwell.revenue import projections
from keepwell.revenue.jobs import bring_up_to_date, kinds
from tests.conftest import migrated_database
from tests.integration.credentials import RUNTIME, later
from tests.integration.records import Client, account, client_of, made, subscription

pytestmark = pytest.mark.anyio

TOMORROW = later(timedelta(hours=12))


@pytest.fixture(scope="module")
def conninfo(server: str) -> Iterator[str]:
    # The nightly work looks into every workspace.
    with migrated_database(server) as own:
        yield own


@pytest.fixture
def settings_of_test(settings_of_module: Settings) -> Settings:
    return settings_of_module


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as opened:
        yield opened


async def test_a_future_subscription_changes_its_account_on_its_start_day(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    assert (await client.get("/v1/accounts")).json()["items"][0]["status"] == "prospect"
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as tomorrow:
        assert (await tomorrow.get("/v1/accounts")).json()["items"][0]["status"] == "active"


async def test_a_list_writes_no_standing_and_the_nightly_work_does(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))

    async def stored() -> list[tuple[Any, ...]]:
        async with database.workspace(workspace.id) as connection:
            found = await connection.execute("select status, as_of from account_standings")
            return await found.fetchall()

    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as tomorrow:
        for path in ("/v1/accounts?status=active&sort=-mrr", "/v1/save-list", "/v1/accounts.csv"):
            assert (await tomorrow.get(path)).status_code == 200
        assert await stored() == [("prospect", date(2026, 5, 20))]
        [listed] = (await tomorrow.get("/v1/accounts?status=active")).json()["items"]
        await Worker(database, kinds(clock=TOMORROW.clock), clock=TOMORROW.clock).round()
        assert await stored() == [("active", date(2026, 5, 21))]
        assert (await tomorrow.get("/v1/accounts")).json()["items"] == [listed]


async def test_a_night_that_is_made_up_does_not_turn_standings_back(
    client: Client, database: Database, workspace: Workspace
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    async with database.workspace(workspace.id) as connection:
        await projections.advance_to(connection, workspace_id=workspace.id, today=date(2026, 5, 21))
        await bring_up_to_date(connection, workspace.id, date(2026, 5, 20), clock=TOMORROW.clock)
        found = await connection.execute("select status, as_of from account_standings")
        assert await found.fetchall() == [("active", date(2026, 5, 21))]


async def test_a_failed_request_does_not_keep_the_accounts_at_yesterday(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as tomorrow:
        assert (await tomorrow.get(f"/v1/accounts/{uuid4()}")).status_code == 404
        assert (await tomorrow.get("/v1/accounts")).json()["items"][0]["status"] == "active"


async def test_the_first_request_of_a_day_exports_accounts_as_of_that_day(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as tomorrow:
        rows = list(csv.DictReader(io.StringIO((await tomorrow.get("/v1/accounts.csv")).text)))
    assert [row["status"] for row in rows] == ["active"]


async def test_the_first_request_of_a_day_changes_an_account_as_of_that_day(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as tomorrow:
        path, version = f"/v1/accounts/{owner['id']}", {"If-Match": '"1"'}
        changed = (await tomorrow.patch(path, json={"name": "Acme Group"}, headers=version)).json()
    assert (changed["name"], changed["status"]) == ("Acme Group", "active")

"""Training on an imported business and the resulting save list, through service and API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from keepwell.churn import service
from keepwell.churn.model import NothingToScore
from keepwell.churn.service import Trained, Training
from keepwell.identity.model import Workspace
from keepwell.importing.service import Importing
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.progress import Silent
from keepwell.platform.runtime import system_runtime
from keepwell.sample.service import import_sample, write_export
from tests.integration.apps import create_app
from tests.integration.records import token_of

pytestmark = pytest.mark.anyio

Client = AsyncTestClient[Litestar]
UNTIL = date(2025, 7, 1)


async def train(database: Database, settings: Settings, workspace: Workspace) -> Trained:
    work = Training(database=database, lake=settings.lake, clock=SystemClock(), progress=Silent())
    return await service.train(work, workspace_id=workspace.id)


@pytest.fixture
async def trained(
    database: Database, settings_of_test: Settings, workspace: Workspace, tmp_path: Path
) -> Trained:
    folder = tmp_path / "sample"
    write_export(folder, seed=1, until=UNTIL, accounts=40, progress=Silent())
    work = Importing(
        database=database,
        settings=settings_of_test,
        slug=workspace.slug,
        runtime=system_runtime(),
        progress=Silent(),
    )
    await import_sample(work, folder=folder)
    return await train(database, settings_of_test, workspace)


@pytest.fixture
async def client(
    database: Database, settings_of_test: Settings, workspace: Workspace
) -> AsyncIterator[Client]:
    token = await token_of(database, workspace, runtime=system_runtime())
    app = create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AsyncTestClient(app, raise_server_exceptions=False) as opened:
        opened.headers["Authorization"] = f"Bearer {token}"
        yield opened


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


async def test_pages_contain_every_scored_account_once_by_rank(client: Client, trained: Trained) -> None:
    items = [item async for page in pages(client, limit=7) for item in page["items"]]
    assert [item["rank"] for item in items] == list(range(1, trained.accounts_scored + 1))
    assert len({item["account_id"] for item in items}) == trained.accounts_scored


async def test_the_list_includes_its_models_evaluation(client: Client, trained: Trained) -> None:
    found = (await client.get("/v1/save-list", params={"limit": 1})).json()
    assert found["as_of"] == UNTIL.isoformat()
    assert found["model"]["statement"] == trained.model.statement
    assert found["model"]["evaluation"]["held_out_from"] < found["as_of"]
    assert (found["currency"], found["model"]["signal"]) == ("USD", False)


async def test_an_account_shows_its_entry_of_the_list(client: Client, trained: Trained) -> None:
    line = (await client.get("/v1/save-list", params={"limit": 1})).json()["items"][0]
    risk = (await client.get(f"/v1/accounts/{line['account_id']}")).json()["risk"]
    assert risk == {name: line[name] for name in risk}
    assert risk["rank"] == 1


async def test_a_training_between_pages_does_not_mix_lists(
    client: Client, trained: Trained, database: Database, settings_of_test: Settings, workspace: Workspace
) -> None:
    first = (await client.get("/v1/save-list", params={"limit": 5})).json()
    again = await train(database, settings_of_test, workspace)
    assert again.model.version == trained.model.version + 1
    later = (await client.get("/v1/save-list", params={"limit": 5, "cursor": first["next"]})).json()
    assert later["model"]["version"] == trained.model.version
    assert later["items"][0]["rank"] == 6
    assert (await client.get("/v1/save-list")).json()["model"]["version"] == again.model.version


async def test_the_cursor_of_an_unknown_list_is_rejected(client: Client) -> None:
    cursor = "eyJ2ZXJzaW9uIjo5OTksInJhbmsiOjF9"  # version 999, rank 1
    answer = await client.get("/v1/save-list", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-data")


async def test_an_empty_workspace_is_rejected_and_stores_no_model(
    client: Client, database: Database, settings_of_test: Settings, workspace: Workspace
) -> None:
    with pytest.raises(NothingToScore):
        await train(database, settings_of_test, workspace)
    assert (await client.get("/v1/save-list")).json()["model"] is None

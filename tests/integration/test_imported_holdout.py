"""A follow-up that is imported while its account is on the list: from then on it is left alone for whoever reads the list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import import_export
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.integration.records import Client, client_of
from tests.integration.scores import score
from tests.integration.shops import Shop
from tests.integration.test_imported_cases import HEAD, MAPPING
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    opened = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    await opened.import_export()
    return opened


@pytest.fixture
async def client(shop: Shop) -> AsyncIterator[Client]:
    """Of a shop with a list of every account that pays."""
    opening = client_of(shop.database, shop.workspace, settings=shop.settings, runtime=system_runtime())
    async with opening as opened:
        paying = (await opened.get("/v1/accounts?status=active")).json()["items"]
        for rank, each in enumerate(paying, start=1):
            await score(shop.database, shop.workspace, each, rank=rank, probability=0.5, kind="voluntary")
        yield opened


async def imported_as_held(shop: Shop, account: str) -> None:
    folder = shop.export.folder
    rows = [HEAD, f"F-1,{account},hold,2026-11-20,2199-01-01,,"]
    (folder / "follow_ups.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    file = folder / "cases.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    await import_export(shop.work, read_mapping(file, IMPORT_ENTITIES.fields), folder=folder)


async def shown(client: Client, account: dict[str, Any]) -> dict[str, bool]:
    """Where the account is named as one at risk."""
    own = account["account_id"]
    listed, filtered, moved, of_account, asked = [
        (await client.get(path)).json()
        for path in (
            "/v1/save-list",
            "/v1/accounts?risk_from=0",
            "/v1/today",
            f"/v1/accounts/{own}",
            f"/v1/accounts/{own}/timeline?kinds=score&kinds=case",
        )
    ]
    return {
        "list": own in {each["account_id"] for each in listed["items"]},
        "csv": own in (await client.get("/v1/save-list.csv")).text,
        "filter by risk": own in {each["id"] for each in filtered["items"]},
        "today": own in str(moved["risk"]),
        "account": of_account["risk"] is not None,
        "timeline": asked["items"] != [],
        "cases": own in (await client.get("/v1/save-cases")).text,
        "feed": "save_cases" in (await client.get("/v1/changes?after=0")).text,
    }


async def test_an_account_that_an_import_leaves_alone_is_off_the_list_at_once(
    client: Client, shop: Shop
) -> None:
    before = (await client.get("/v1/save-list")).json()
    account = before["items"][0]
    assert [name for name, is_shown in (await shown(client, account)).items() if not is_shown] == [
        "cases",
        "feed",
    ]
    await imported_as_held(shop, account["account_external_id"])
    after = (await client.get("/v1/save-list")).json()
    assert after["run"] == before["run"]
    assert after["totals"]["left_alone"] == 1
    (left_alone,) = (await client.get("/v1/save-list/left-alone")).json()["items"]
    assert (left_alone["id"], left_alone["until"]) == (account["account_id"], "2199-01-01")
    client.headers["Authorization"] = (
        f"Bearer {await token_of_role(shop.database, shop.workspace, Role.AGENT)}"
    )
    assert [name for name, is_shown in (await shown(client, account)).items() if is_shown] == []

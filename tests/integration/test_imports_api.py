from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.integration.records import Client, client_of, problem_code
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    return Shop(database, workspace, settings_of_test, folder=tmp_path / "export")


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=system_runtime()) as opened:
        yield opened


async def test_imports_are_paged_newest_first(shop: Shop, client: Client) -> None:
    made = [(await shop.import_export()).id for _ in range(3)]
    first = (await client.get("/v1/imports", params={"limit": 2})).json()
    second = (await client.get("/v1/imports", params={"limit": 2, "cursor": first["next"]})).json()
    assert [each["id"] for each in first["items"] + second["items"]] == [str(each) for each in reversed(made)]
    assert second["next"] is None


async def test_an_import_shows_its_outcome_and_assumptions(shop: Shop, client: Client) -> None:
    shop.export.subscriptions[0] = shop.export.subscriptions[0].replace("amount", "Amount")
    summary = await shop.import_export()
    found = (await client.get(f"/v1/imports/{summary.id}")).json()
    assert found["summary"]["entities"]["subscriptions"]["imported"] == 4
    assert found["assumptions"] == ["subscriptions: the column 'Amount' was used as 'amount'"]
    assert [each["kind"] for each in found["drift"]] == ["renamed"]


async def test_an_undo_over_http_has_one_effect_per_key(shop: Shop, client: Client) -> None:
    summary = await shop.import_export()
    headers = {"Idempotency-Key": str(uuid4())}
    answers = [await client.post(f"/v1/imports/{summary.id}/undo", headers=headers) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["deleted"] == {"accounts": 3, "plans": 3, "subscriptions": 4}


async def test_undoing_an_import_with_dependents_is_a_conflict_with_its_own_code(
    shop: Shop, client: Client
) -> None:
    summary = await shop.import_export()
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ",150,")
    await shop.import_export()
    answer = await client.post(f"/v1/imports/{summary.id}/undo")
    assert answer.status_code == 409
    assert problem_code(answer) == "import-not-undoable"


async def test_an_unknown_import_is_not_found(client: Client) -> None:
    assert (await client.get(f"/v1/imports/{uuid4()}")).status_code == 404
    assert (await client.post(f"/v1/imports/{uuid4()}/undo")).status_code == 404


async def test_an_undo_is_shown_before_it_is_done(shop: Shop, client: Client) -> None:
    first = await shop.import_export()
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ",150,")
    second = await shop.import_export()
    now = (await client.get(f"/v1/imports/{second.id}/undo")).json()
    assert (now["is_possible"], now["because"], now["deletes"]) == (True, [], {})
    assert now["restores"] == {"subscriptions": 1}
    done = (await client.post(f"/v1/imports/{second.id}/undo")).json()
    assert (done["deleted"], done["restored"]) == (now["deletes"], now["restores"])
    then = (await client.get(f"/v1/imports/{first.id}/undo")).json()
    assert (then["is_possible"], then["deletes"]) == (True, {"accounts": 3, "plans": 3, "subscriptions": 4})


async def test_what_keeps_an_import_from_being_undone_is_named_before(shop: Shop, client: Client) -> None:
    first = await shop.import_export()
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ",150,")
    second = await shop.import_export()
    found = (await client.get(f"/v1/imports/{first.id}/undo")).json()
    assert found["is_possible"] is False
    (reason,) = found["because"]
    assert str(second.id) in reason
    refused = (await client.post(f"/v1/imports/{first.id}/undo")).json()
    assert reason in refused["detail"]
    assert refused["hint"] == found["hint"]
    await client.post(f"/v1/imports/{second.id}/undo")
    undone = (await client.get(f"/v1/imports/{second.id}/undo")).json()
    assert undone["is_possible"] is False
    assert "undone already" in undone["because"][0]

"""What happened to a workspace, as its charts mark it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.records import Client, problem_code
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

LONG = {"from": "2020-01-01", "to": "2040-01-01"}


@pytest.fixture
def shop(database: Database, workspace: Workspace, shared_settings: Settings, tmp_path: Path) -> Shop:
    return Shop(database, workspace, shared_settings, folder=tmp_path / "export")


async def marks(client: Client, period: dict[str, str] = LONG) -> dict[str, dict[str, Any]]:
    answer = await client.get("/v1/metrics/annotations", params=period)
    assert answer.status_code == 200, answer.text
    return {each["kind"]: each for each in answer.json()["items"]}


async def changed(client: Client, path: str, **fields: str) -> None:
    version = (await client.get(path)).headers["etag"]
    answer = await client.patch(path, json=fields, headers={"If-Match": version})
    assert answer.status_code == 200, answer.text


async def test_an_empty_workspace_has_nothing_to_mark(client: Client) -> None:
    assert await marks(client) == {}


async def test_an_import_is_marked_on_its_day_and_the_first_revenue_on_its_own(
    shop: Shop, client: Client
) -> None:
    await shop.import_export()
    await shop.import_export()
    found = await marks(client)
    first, *_ = (await client.get("/v1/movements", params={"sort": "on"})).json()["items"]
    assert found["first_day"]["on"] == first["on"]
    today = datetime.now(UTC).date().isoformat()
    # The second one changed nothing.
    assert (found["import"]["on"], found["import"]["count"]) == (today, 1)
    assert len(found["import"]["names"]) == 1
    assert (await marks(client, LONG | {"to": "2020-12-31"})).keys().isdisjoint({"import"})


async def test_an_import_that_was_undone_is_marked_as_that_alone(shop: Shop, client: Client) -> None:
    await shop.undo((await shop.import_export()).id)
    assert set(await marks(client)) == {"import_undone"}


async def test_a_policy_exchange_rates_and_a_list_price_are_marked_with_their_names(client: Client) -> None:
    await changed(client, "/v1/workspace", name="Other")
    await changed(client, "/v1/workspace", policy="stripe")
    rate = {"currency": "EUR", "on": "2026-01-01", "rate": "1.08"}
    await client.post("/v1/exchange-rates", json={"rates": [rate, rate | {"currency": "GBP"}]})
    plan = {"external_id": "pro", "name": "Pro", "amount": "9.00", "amount_per": "month", "currency": "USD"}
    made = (await client.post("/v1/plans", json=plan)).json()
    await changed(client, f"/v1/plans/{made['id']}", name="Pro 2")
    await changed(client, f"/v1/plans/{made['id']}", amount="11.00")
    assert {kind: each["names"] for kind, each in (await marks(client)).items()} == {
        "policy": ["stripe"],
        "exchange_rates": ["EUR", "GBP"],
        "price": ["Pro 2"],
    }


async def test_days_out_of_order_are_refused(client: Client) -> None:
    answer = await client.get("/v1/metrics/annotations", params={"from": "2026-02-01", "to": "2026-01-01"})
    assert (answer.status_code, problem_code(answer)) == (400, "invalid-data")

"""Exchange rates over HTTP: list, set, and the figures that follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.clock import today
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, account, problem_code
from tests.integration.scores import pays
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio

PATH = "/v1/exchange-rates"


def rate(on: str, amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"currency": currency, "on": on, "rate": amount}


async def put(client: Client, *rates: dict[str, str], **headers: str) -> dict[str, Any]:
    answer = await client.post(PATH, json={"rates": rates}, headers=headers)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_rates_are_listed_by_currency_newest_first_in_pages(client: Client) -> None:
    made = await put(
        client, rate("2026-02-01", "1.25"), rate("2026-01-01", "1.1"), rate("2026-01-01", "0.0067", "JPY")
    )
    assert made == {"rates": 3, "currencies": ["EUR", "JPY"], "first": "2026-01-01", "last": "2026-02-01"}
    found, cursor = [], ""
    while cursor is not None:
        page = (await client.get(PATH, params={"limit": 1, **({"cursor": cursor} if cursor else {})})).json()
        found += page["items"]
        cursor = page["next"]
    assert found == [
        rate("2026-02-01", "1.25"),
        rate("2026-01-01", "1.1"),
        rate("2026-01-01", "0.0067", "JPY"),
    ]
    only = (await client.get(PATH, params={"currency": "EUR", "to": "2026-01-31"})).json()["items"]
    assert only == [rate("2026-01-01", "1.1")]


async def test_figures_follow_a_rate_that_is_set_again_and_the_audit_log_says_so(client: Client) -> None:
    await put(client, rate("2026-01-01", "1.1"))
    foreign, own = await account(client, 1), await account(client, 2)
    await pays(client, foreign, "100", currency="EUR")
    await pays(client, own, "10")
    assert (await client.get(f"/v1/accounts/{foreign['id']}")).json()["mrr"] == "110.00"
    await put(client, rate("2026-01-01", "1.2"))
    assert (await client.get(f"/v1/accounts/{foreign['id']}")).json()["mrr"] == "120.00"
    assert (await client.get("/v1/metrics/mrr")).json()["mrr"] == "130.00"
    newest = (await client.get("/v1/audit-entries?action=exchange_rates.imported")).json()["items"][0]
    assert newest["after"]["currencies"] == ["EUR"]


async def test_a_repeated_request_with_its_key_sets_nothing_again(client: Client) -> None:
    key = {"Idempotency-Key": "rates-1"}
    first = await put(client, rate("2026-01-01", "1.1"), **key)
    assert await put(client, rate("2026-01-01", "1.1"), **key) == first
    entries = (await client.get("/v1/audit-entries?action=exchange_rates.imported")).json()["items"]
    assert len(entries) == 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (rate("2026-01-01", "0"), "rates[1]: rate"),
        (rate("2026-01-01", "0.000"), "rates[1]: rate"),
        (rate("2026-01-01", "-1.1"), "rate"),
        (rate("2026-01-01", "1,1"), "rate"),
        (rate("2026-01-01", "NaN"), "rate"),
        (rate("2026-01-01", "\u0661"), "rate"),
        (rate("2026-13-01", "1.1"), "on"),
        (rate("0001-01-01", "1.1"), "rates[1]: date"),
        (rate((today(RUNTIME.clock) + timedelta(days=367)).isoformat(), "1.1"), "rates[1]: date"),
        (rate("2026-01-01", "1.1", "USD"), "rates[1]: currency"),
        (rate("2026-01-01", "1.1", "EUX"), "rates[1]: currency"),
        (rate("2026-01-01", "1.1", "eur"), "currency"),
        (rate("2025-01-01", "1.3"), "rates[1]: there is another rate"),
        ({**rate("2026-01-01", "1.1"), "note": "x"}, "note"),
    ],
)
async def test_one_wrong_rate_is_named_and_none_is_stored(
    client: Client, wrong: dict[str, str], named: str
) -> None:
    answer = await client.post(PATH, json={"rates": [rate("2025-01-01", "1.2"), wrong]})
    assert answer.status_code == 400, answer.text
    assert named in answer.json()["detail"]
    assert (await client.get(PATH)).json()["items"] == []


async def test_no_rates_and_too_many_are_refused(client: Client) -> None:
    for rates in ([], [rate("2026-01-01", "1.1")] * 1_001):
        assert (await client.post(PATH, json={"rates": rates})).status_code == 400


async def test_a_first_rate_after_a_subscription_began_is_refused_by_its_code(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await put(client, rate("2026-01-01", "1.1"))
    await pays(client, await account(client), "100", currency="EUR")
    async with database.workspace(workspace.id) as connection:
        await connection.execute("delete from exchange_rates")
    answer = await client.post(PATH, json={"rates": [rate("2026-05-01", "1.1")]})
    assert problem_code(answer) == "no-exchange-rate"


async def test_who_may_not_change_settings_only_reads_rates(
    client: Client, database: Database, workspace: Workspace
) -> None:
    client.headers["Authorization"] = f"Bearer {await token_of_role(database, workspace, Role.ANALYST)}"
    assert (await client.get(PATH)).status_code == 200
    assert (await client.post(PATH, json={"rates": [rate("2026-01-01", "1.1")]})).status_code == 403


@pytest.mark.parametrize(
    ("query", "named"),
    [("currency=euro", "currency"), ("from=2026-01-02&to=2026-01-01", "to"), ("to=later", "to")],
)
async def test_a_nonsense_filter_is_named(client: Client, query: str, named: str) -> None:
    answer = await client.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(named), answer.text

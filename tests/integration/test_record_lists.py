"""Lists of records over the API: pages, cursors, chosen fields and exports."""

from __future__ import annotations

import csv
import io

import pytest

from tests.integration.records import Client, account, problem_code

pytestmark = pytest.mark.anyio


async def test_pages_contain_each_account_once_in_order(client: Client) -> None:
    for number in range(7):
        await account(client, number)
    seen, path = [], "/v1/accounts?sort=name&limit=3"
    while path:
        answer = await client.get(path)
        seen += [item["external_id"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert seen == [f"A-{number}" for number in range(7)]


async def test_a_page_has_only_the_requested_fields(client: Client) -> None:
    await account(client)
    answer = await client.get("/v1/accounts", params={"fields": "id,name"})
    assert [item.keys() for item in answer.json()["items"]] == [{"id", "name"}]
    unknown = await client.get("/v1/accounts", params={"fields": "nmae"})
    assert (unknown.status_code, problem_code(unknown)) == (400, "invalid-data")


async def test_an_unknown_field_is_refused_even_for_an_empty_list(client: Client) -> None:
    for path in ("/v1/accounts?fields=bogus", "/v1/accounts?q=nobody&fields=bogus"):
        answer = await client.get(path)
        assert problem_code(answer) == "invalid-data"
        assert "external_id" in answer.json()["hint"]


@pytest.mark.parametrize("change", ["sort=-name", "sort=name&status=active", "sort=name&q=x"])
async def test_a_cursor_of_another_list_is_refused(client: Client, change: str) -> None:
    for number in range(3):
        await account(client, number)
    cursor = (await client.get("/v1/accounts?sort=name&limit=1")).json()["next"]
    answer = await client.get(f"/v1/accounts?{change}&limit=1&cursor={cursor}")
    assert answer.status_code == 400


async def test_a_forged_cursor_is_refused(client: Client) -> None:
    for number in range(3):
        await account(client, number)
    cursor = (await client.get("/v1/accounts?limit=1")).json()["next"]
    forged = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    for wrong in (forged, cursor[:-4], "", "%%%", "AAAA"):
        assert (await client.get("/v1/accounts", params={"cursor": wrong, "limit": 1})).status_code == 400


async def test_an_unknown_parameter_is_refused(client: Client) -> None:
    answer = await client.get("/v1/accounts", params={"stauts": "active"})
    assert answer.status_code == 400
    assert "stauts" in answer.json()["detail"]


async def test_an_export_equals_the_filtered_list(client: Client) -> None:
    for number in range(5):
        await account(client, number, industry="Tools" if number % 2 else None)
    listed = (await client.get("/v1/accounts", params={"q": "Account", "sort": "name"})).json()["items"]
    exported = await client.get("/v1/accounts.csv", params={"q": "Account", "sort": "name"})
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    assert [{key: value or None for key, value in row.items()} for row in rows] == [
        {key: None if value is None else str(value) for key, value in item.items()} for item in listed
    ]


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", " =1", "\uff1d1+1"])
async def test_an_export_contains_no_formulas(client: Client, name: str) -> None:
    await account(client, name=name)
    (row,) = csv.DictReader(io.StringIO((await client.get("/v1/accounts.csv")).text))
    assert row["name"] == f"'{name}"

"""Accounts, plans, subscriptions and invoices over the API: versions, idempotency keys, pages and exports."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest

from keepwell.identity.model import Workspace
from keepwell.intake import service as intake
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from keepwell.platform.work.worker import Worker
from keepwell.revenue import projections
from keepwell.revenue.jobs import bring_up_to_date, kinds
from tests.clocks import FixedClock
from tests.conftest import migrated_database
from tests.integration.records import ACCOUNT, Client, account, client_of, made, problem_code, token_of

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 5, 20, 12, tzinfo=UTC))
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))
TOMORROW = Runtime(FixedClock(datetime(2026, 5, 21, tzinfo=UTC)), RUNTIME.ids)


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


def subscription(account_id: str, **fields: Any) -> dict[str, Any]:
    whole = {
        "external_id": "S-1",
        "account_id": account_id,
        "plan": "Pro",
        "amount": "29.00",
        "amount_per": "month",
        "interval": "month",
        "starts_on": "2026-01-10",
    }
    return {**whole, **fields}


async def test_an_account_is_added_and_read_back(client: Client) -> None:
    answer = await client.post("/v1/accounts", json={**ACCOUNT, "industry": "Tools"})
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    read = await client.get(answer.headers["location"])
    assert (read.json()["name"], read.json()["status"]) == ("Acme", "prospect")
    assert read.headers["etag"] == '"1"'


async def test_the_same_external_id_twice_is_a_conflict(client: Client) -> None:
    await made(client, "/v1/accounts", ACCOUNT)
    answer = await client.post("/v1/accounts", json=ACCOUNT)
    assert (answer.status_code, problem_code(answer)) == (409, "conflict")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**ACCOUNT, "nmae": "typo"},
        {**ACCOUNT, "name": ""},
        {**ACCOUNT, "name": "x" * 256},
        {**ACCOUNT, "name": "nul\x00"},
        {**ACCOUNT, "signed_up_on": "yesterday"},
        [],
    ],
)
async def test_an_invalid_body_is_refused_with_the_field(client: Client, body: object) -> None:
    answer = await client.post("/v1/accounts", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


async def test_a_change_requires_the_current_version(client: Client) -> None:
    path = f"/v1/accounts/{(await account(client))['id']}"
    assert (await client.patch(path, json={"name": "New"})).status_code == 428
    assert (await client.patch(path, json={"name": "New"}, headers={"If-Match": '"7"'})).status_code == 412
    changed = await client.patch(path, json={"name": "New"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (await client.patch(path, json={"name": "Old"}, headers={"If-Match": '"1"'})).status_code == 412


async def test_fields_absent_from_a_change_stay(client: Client) -> None:
    path = f"/v1/accounts/{(await account(client, industry='Tools', country='CH'))['id']}"
    changed = await client.patch(path, json={"industry": None}, headers={"If-Match": "*"})
    assert (changed.json()["industry"], changed.json()["country"]) == (None, "CH")


async def test_an_account_is_removed_with_its_subscriptions(client: Client) -> None:
    made_account = await account(client)
    await made(client, "/v1/subscriptions", subscription(made_account["id"]))
    removed = await client.delete(f"/v1/accounts/{made_account['id']}", headers={"If-Match": "*"})
    assert removed.status_code == 204
    assert (await client.get(f"/v1/accounts/{made_account['id']}")).status_code == 404
    assert (await client.get("/v1/subscriptions")).json()["items"] == []


async def test_an_account_with_a_subscription_is_active(client: Client) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"]))
    (listed,) = (await client.get("/v1/accounts")).json()["items"]
    assert (listed["status"], listed["mrr"], listed["plan"], listed["since"]) == (
        "active",
        "29.00",
        "Pro",
        "2026-01-10",
    )


async def test_a_plan_named_by_a_subscription_is_created(client: Client) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"]))
    assert [plan["name"] for plan in (await client.get("/v1/plans")).json()["items"]] == ["Pro"]


async def test_an_account_without_a_running_subscription_is_churned(client: Client) -> None:
    owner = await account(client)
    sold = await made(client, "/v1/subscriptions", subscription(owner["id"]))
    path, change = f"/v1/subscriptions/{sold['id']}", {"ends_on": "2026-05-01", "end_reason": "voluntary"}
    ended = await client.patch(path, json=change, headers={"If-Match": '"1"'})
    assert ended.json()["status"] == "ended"
    assert (await client.get(f"/v1/accounts/{owner['id']}")).json()["status"] == "churned"


async def test_a_subscription_of_an_unknown_account_is_not_found(client: Client) -> None:
    answer = await client.post("/v1/subscriptions", json=subscription(str(uuid4())))
    assert answer.status_code == 404


async def test_an_end_before_the_start_is_refused(client: Client) -> None:
    owner = await account(client)
    answer = await client.post("/v1/subscriptions", json=subscription(owner["id"], ends_on="2025-01-01"))
    assert (answer.status_code, problem_code(answer)) == (400, "invalid-data")


async def test_a_future_subscription_changes_its_account_on_its_start_day(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    assert (await client.get("/v1/accounts")).json()["items"][0]["status"] == "prospect"
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as later:
        assert (await later.get("/v1/accounts")).json()["items"][0]["status"] == "active"


async def test_a_list_writes_no_standing_and_the_nightly_work_does(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))

    async def stored() -> list[tuple[Any, ...]]:
        async with database.workspace(workspace.id) as connection:
            found = await connection.execute("select status, as_of from account_standings")
            return await found.fetchall()

    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as later:
        for path in ("/v1/accounts?status=active&sort=-mrr", "/v1/save-list", "/v1/accounts.csv"):
            assert (await later.get(path)).status_code == 200
        assert await stored() == [("prospect", date(2026, 5, 20))]
        [listed] = (await later.get("/v1/accounts?status=active")).json()["items"]
        await Worker(database, kinds(clock=TOMORROW.clock), clock=TOMORROW.clock).round()
        assert await stored() == [("active", date(2026, 5, 21))]
        assert (await later.get("/v1/accounts")).json()["items"] == [listed]


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
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as later:
        assert (await later.get(f"/v1/accounts/{uuid4()}")).status_code == 404
        assert (await later.get("/v1/accounts")).json()["items"][0]["status"] == "active"


async def test_the_first_request_of_a_day_exports_accounts_as_of_that_day(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as later:
        rows = list(csv.DictReader(io.StringIO((await later.get("/v1/accounts.csv")).text)))
    assert [row["status"] for row in rows] == ["active"]


async def test_the_first_request_of_a_day_changes_an_account_as_of_that_day(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    owner = await account(client)
    await made(client, "/v1/subscriptions", subscription(owner["id"], starts_on="2026-05-21"))
    async with client_of(database, workspace, settings=settings_of_test, runtime=TOMORROW) as later:
        path, version = f"/v1/accounts/{owner['id']}", {"If-Match": '"1"'}
        changed = (await later.patch(path, json={"name": "Acme Group"}, headers=version)).json()
    assert (changed["name"], changed["status"]) == ("Acme Group", "active")


@pytest.mark.parametrize(
    ("path", "reads"), [("/v1/accounts/{id}", "activity"), ("/v1/activity", "newest_events")]
)
async def test_no_transaction_is_open_while_the_lake_is_read(
    client: Client, conninfo: str, monkeypatch: pytest.MonkeyPatch, path: str, reads: str
) -> None:
    open_transactions: list[tuple[int]] = []
    read = getattr(intake, reads)

    def watching(*places: Any, **arguments: Any) -> Any:
        with psycopg.connect(conninfo) as connection:
            query = "select count(*)::int from pg_stat_activity where datname = current_database()"
            open_transactions.extend(connection.execute(f"{query} and state = 'idle in transaction'"))
        return read(*places, **arguments)

    monkeypatch.setattr(intake, reads, watching)
    answer = await client.get(path.format(**await account(client)))
    assert answer.status_code == 200
    assert open_transactions == [(0,)]


async def test_an_invoice_is_added_and_paid(client: Client) -> None:
    owner = await account(client)
    body = {
        "external_id": "I-1",
        "account_id": owner["id"],
        "status": "open",
        "total": "58.00",
        "issued_on": "2026-05-01",
    }
    sent = await made(client, "/v1/invoices", body)
    change = {"status": "paid", "amount_paid": "58.00", "paid_on": "2026-05-03"}
    paid = await client.patch(f"/v1/invoices/{sent['id']}", json=change, headers={"If-Match": '"1"'})
    assert (paid.json()["status"], paid.json()["amount_paid"]) == ("paid", "58.00")
    listed = await client.get(
        "/v1/invoices", params={"status": "paid", "from": "2026-05-01", "to": "2026-05-01"}
    )
    assert [each["id"] for each in listed.json()["items"]] == [sent["id"]]


async def test_a_paid_invoice_added_without_an_amount_paid_was_paid_in_full(client: Client) -> None:
    owner = await account(client)
    body = {
        "external_id": "I-1",
        "account_id": owner["id"],
        "status": "paid",
        "total": "58.00",
        "issued_on": "2026-05-01",
    }
    assert (await made(client, "/v1/invoices", body))["amount_paid"] == "58.00"


async def test_a_plan_is_archived_and_unarchived(client: Client) -> None:
    plan = await made(client, "/v1/plans", {"external_id": "pro", "name": "Pro", "amount": "29.00"})
    path = f"/v1/plans/{plan['id']}"
    archived = await client.patch(path, json={"is_archived": True}, headers={"If-Match": '"1"'})
    assert archived.json()["archived_at"]
    assert (await client.get("/v1/plans", params={"archived": False})).json()["items"] == []
    again = await client.patch(path, json={"is_archived": False}, headers={"If-Match": '"2"'})
    assert again.json()["archived_at"] is None


async def test_one_idempotency_key_has_one_effect_and_one_answer(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/v1/accounts", json=ACCOUNT, headers=headers)
    second = await client.post("/v1/accounts", json=ACCOUNT, headers=headers)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert len((await client.get("/v1/accounts")).json()["items"]) == 1


async def test_an_idempotency_key_of_another_request_is_refused(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    await client.post("/v1/accounts", json=ACCOUNT, headers=headers)
    other = await client.post("/v1/accounts", json={**ACCOUNT, "external_id": "A-2"}, headers=headers)
    assert (other.status_code, problem_code(other)) == (409, "idempotency-key-reused")


async def test_a_refused_request_can_be_retried_with_its_key(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    assert (
        await client.post("/v1/subscriptions", json=subscription(str(uuid4())), headers=headers)
    ).status_code == 404
    owner = await account(client)
    answer = await client.post("/v1/subscriptions", json=subscription(owner["id"]), headers=headers)
    assert answer.status_code == 201


async def test_concurrent_requests_with_one_key_have_one_effect(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    answers = await asyncio.gather(
        *(client.post("/v1/accounts", json=ACCOUNT, headers=headers) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


async def test_stored_answers_are_encrypted(client: Client, database: Database, workspace: Workspace) -> None:
    await client.post("/v1/accounts", json=ACCOUNT, headers={"Idempotency-Key": "k-1"})
    async with database.workspace(workspace.id) as connection:
        cursor = await connection.execute("select body, key_hash from idempotency_keys")
        (body, key_hash) = (await cursor.fetchall())[0]
    assert b"Acme" not in body
    assert b"k-1" not in key_hash


async def test_prefer_return_minimal_gives_an_answer_without_a_body(client: Client) -> None:
    answer = await client.post("/v1/accounts", json=ACCOUNT, headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
    change = await client.patch(
        answer.headers["location"],
        json={"name": "B"},
        headers={"Prefer": "return=minimal", "If-Match": "*"},
    )
    assert (change.status_code, change.headers["etag"]) == (204, '"2"')


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


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_a_large_answer_is_compressed_with_an_encoding_the_client_accepts(
    client: Client, encoding: str
) -> None:
    for number in range(10):
        await account(client, number)
    answer = await client.get("/v1/accounts", headers={"Accept-Encoding": encoding})
    assert answer.headers["content-encoding"] == encoding
    assert len(answer.json()["items"]) == 10


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("zstd;q=0, gzip;q=0.5", "gzip"),
        ("gzip;q=0.0, zstd; q=1", "zstd"),
        ("gzip;q=0, zstd;q=0.000, identity", None),
        ("zstd;q=0.0001, gzip;q=1", "gzip"),
        ("br", None),
    ],
)
async def test_an_answer_is_never_compressed_with_an_encoding_the_client_refuses(
    client: Client, accepted: str, encoding: str | None
) -> None:
    answer = await client.get("/openapi.json", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.json()["openapi"] == "3.1.0"


async def test_every_answer_has_its_request_id(client: Client) -> None:
    assert (await client.get("/v1/accounts", headers={"X-Request-Id": "mine-12345"})).headers[
        "x-request-id"
    ] == "mine-12345"
    made_up = (await client.get("/v1/nowhere", headers={"X-Request-Id": "not\tplain"})).headers[
        "x-request-id"
    ]
    assert made_up != "not\tplain"


async def test_requests_over_the_limit_are_refused_until_the_quota_refills(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    few = msgspec.structs.replace(settings_of_test, requests_per_minute=3)
    async with client_of(database, workspace, settings=few, runtime=RUNTIME) as client:
        answers = [await client.get("/v1/session") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit"].startswith('"requests";r=2;')
    assert int(answers[3].headers["retry-after"]) in range(1, 21)
    assert problem_code(answers[3]) == "rate-limited"


async def test_another_workspaces_records_are_not_found(client: Client, database: Database) -> None:
    from keepwell.identity import service as identity  # noqa: PLC0415

    owner = await account(client)
    sold = await made(client, "/v1/subscriptions", subscription(owner["id"]))
    plan = (await client.get("/v1/plans")).json()["items"][0]
    async with database.transaction() as connection:
        other = await identity.ensure_workspace(connection, f"other-{uuid4().hex[:8]}", runtime=RUNTIME)
    client.headers["Authorization"] = f"Bearer {await token_of(database, other, runtime=RUNTIME)}"
    for path in (f"accounts/{owner['id']}", f"subscriptions/{sold['id']}", f"plans/{plan['id']}"):
        assert (await client.get(f"/v1/{path}")).status_code == 404
        changed = await client.patch(f"/v1/{path}", json={}, headers={"If-Match": "*"})
        assert changed.status_code == 404
    body = subscription(owner["id"], external_id="S-2")
    assert (await client.post("/v1/subscriptions", json=body)).status_code == 404
    assert (await client.get("/v1/accounts")).json()["items"] == []


async def test_a_refused_request_returns_its_connection_to_the_pool(client: Client) -> None:
    """More requests than connections, each with one dependency that opens a connection and one that fails."""
    refused = await asyncio.gather(
        *(client.get("/v1/metrics/churn?from=never&to=2026-01-01") for _ in range(40))
    )
    assert {answer.status_code for answer in refused} == {400}
    assert (await client.get("/v1/accounts")).status_code == 200

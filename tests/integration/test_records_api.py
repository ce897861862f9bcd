"""Accounts, plans, subscriptions and invoices over the API: what may be written, and what is read back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from keepwell.intake import service as intake
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import ACCOUNT, Client, account, made, problem_code, subscription, token_of

pytestmark = pytest.mark.anyio


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

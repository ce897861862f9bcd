"""The changes feed over HTTP: what is in it, its pages, and requests that it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing.import_log import service as import_log
from keepwell.importing.stripe import store as stripe_store
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.integration.records import Client, account, client_of, made, problem_code
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio
RUNTIME = system_runtime()
CHANGES = "/v1/changes"
STREAM = "/v1/changes/stream"
ANY = {"If-Match": "*"}


async def page(client: Client, **parameters: Any) -> dict[str, Any]:
    answer = await client.get(CHANGES, params=parameters)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def changed_by(client: Client, method: str, path: str, **body: Any) -> set[tuple[str, str]]:
    """The kinds and ids that are in the feed after the request."""
    before = (await page(client))["newest"]
    answer = await client.request(method, path, json=body or None, headers=ANY)
    assert answer.status_code < 300, answer.text
    return {(each["kind"], each["record_id"]) for each in (await page(client, after=before))["items"]}


async def test_every_write_of_a_record_is_in_the_feed_with_its_account(client: Client) -> None:
    owner = await account(client)
    ours = ("accounts", owner["id"])
    plan = await made(client, "/v1/plans", {"external_id": "pro", "name": "Pro"})
    subscription = await made(
        client,
        "/v1/subscriptions",
        {
            "external_id": "S-1",
            "account_id": owner["id"],
            "plan": "basic",
            "amount": "29.00",
            "amount_per": "month",
            "interval": "month",
            "starts_on": "2025-01-01",
        },
    )
    invoice = await made(
        client,
        "/v1/invoices",
        {
            "external_id": "I-1",
            "account_id": owner["id"],
            "status": "open",
            "total": "29.00",
            "issued_on": "2025-01-01",
        },
    )
    added = [(each["kind"], each["record_id"]) for each in (await page(client))["items"]]
    # The subscription names a plan that nobody has described, which is added with it.
    assert sorted(kind for kind, _ in added) == ["accounts", "invoices", "plans", "plans", "subscriptions"]
    assert {ours, ("plans", plan["id"]), ("invoices", invoice["id"])} <= set(added)

    plans, invoices = f"/v1/plans/{plan['id']}", f"/v1/invoices/{invoice['id']}"
    theirs = ("subscriptions", subscription["id"])
    assert await changed_by(client, "PATCH", plans, name="Business") == {("plans", plan["id"])}
    assert await changed_by(client, "PATCH", invoices, status="void") == {("invoices", invoice["id"]), ours}
    ending = f"/v1/subscriptions/{subscription['id']}"
    assert await changed_by(client, "PATCH", ending, ends_on="2025-06-01") == {theirs, ours}
    assert await changed_by(client, "DELETE", ending) == {theirs, ours}
    owned = f"/v1/accounts/{owner['id']}"
    assert await changed_by(client, "PATCH", owned, name="Acme") == {ours}


async def test_a_refund_is_in_the_feed_with_its_charge_which_shows_what_was_refunded(client: Client) -> None:
    owner = await account(client)
    paid = {"external_id": "C-1", "account_id": owner["id"], "amount": "9.00", "status": "succeeded"}
    charge = await made(client, "/v1/charges", {**paid, "charged_at": "2025-01-01T06:00:00Z"})
    refund = {"external_id": "R-1", "charge_id": charge["id"], "amount": "4.00"}
    added = await changed_by(client, "POST", "/v1/refunds", **refund, refunded_at="2025-01-02T06:00:00Z")
    assert {("charges", charge["id"]), ("accounts", owner["id"])} <= added
    assert {kind for kind, _ in added} == {"refunds", "charges", "accounts"}


async def test_a_refused_write_is_not_in_the_feed(client: Client) -> None:
    await account(client)
    before = await page(client)
    assert (await client.post("/v1/accounts", json={"external_id": "A-1", "name": "B"})).status_code == 409
    assert await page(client) == before


async def test_an_import_and_its_undo_are_in_the_feed_and_a_dry_run_is_not(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings, tmp_path: Path
) -> None:
    shop = Shop(database, workspace, shared_settings, folder=tmp_path / "export")
    await shop.dry_run()
    assert (await page(client))["newest"] == 0
    imported = await shop.import_export()
    added = await page(client, limit=200)
    assert {"accounts", "subscriptions"} <= {each["kind"] for each in added["items"]}
    await shop.undo(imported.id)
    undone = await page(client, limit=200, after=added["next"])
    records = [{(each["kind"], each["record_id"]) for each in some["items"]} for some in (added, undone)]
    assert records[0] == records[1]


async def test_a_member_is_in_the_feed_when_added_changed_and_removed_and_the_first_owner_is_not(
    client: Client,
) -> None:
    assert (await page(client))["newest"] == 0
    added = await made(client, "/v1/members", {"name": "Ana", "role": "agent"})
    assert [each["record_id"] for each in (await page(client))["items"]] == [added["id"]]
    path = f"/v1/members/{added['id']}"
    assert await changed_by(client, "PATCH", path, name="Ana B") == {("members", added["id"])}
    assert await changed_by(client, "DELETE", path) == {("members", added["id"])}


async def test_an_import_is_in_the_feed_when_it_begins_and_when_it_ends(
    database: Database, workspace: Workspace, client: Client
) -> None:
    async with database.workspace(workspace.id) as connection:
        import_id = await import_log.begin(
            connection, workspace_id=workspace.id, source="file", mapping="shop.yaml", runtime=RUNTIME
        )
    begun = await page(client)
    assert [(each["kind"], each["record_id"]) for each in begun["items"]] == [("imports", str(import_id))]
    of_import = {"workspace_id": workspace.id}
    async with database.workspace(workspace.id) as connection:
        await import_log.note_progress(connection, import_id, **of_import, summary={"read": 1})
    assert (await page(client))["newest"] == begun["newest"]
    async with database.workspace(workspace.id) as connection:
        await import_log.fail(connection, import_id, **of_import, error="No.", clock=RUNTIME.clock)
    assert (await page(client, after=begun["next"]))["items"][0]["record_id"] == str(import_id)


async def test_connecting_stripe_and_its_webhooks_is_in_the_feed_under_the_workspace(
    database: Database, workspace: Workspace, client: Client
) -> None:
    async with database.workspace(workspace.id) as connection:
        await stripe_store.SET_WEBHOOK_SECRET.run(connection, workspace_id=workspace.id, secret=b"s")
    (found,) = (await page(client))["items"]
    assert (found["kind"], found["record_id"]) == ("sources", str(workspace.id))


async def test_pages_follow_each_other_by_next_until_nothing_is_left(client: Client) -> None:
    ids = [(await account(client, number))["id"] for number in range(5)]
    seen, after = [], 0
    while items := (found := await page(client, after=after, limit=2))["items"]:
        seen += [each["record_id"] for each in items]
        after = found["next"]
    assert seen == ids
    assert found == {"items": [], "next": after, "newest": after}


async def test_another_workspace_has_a_feed_of_its_own(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    await account(client)
    async with database.transaction() as connection:
        other = await identity.ensure_workspace(connection, f"{workspace.slug}-b", runtime=RUNTIME)
    async with client_of(database, other, settings=shared_settings, runtime=RUNTIME) as stranger:
        assert await page(stranger) == {"items": [], "next": 0, "newest": 0}


@pytest.mark.parametrize("route", [CHANGES, STREAM])
async def test_a_version_that_the_database_has_not_reached_is_gone(client: Client, route: str) -> None:
    await account(client)
    answer = await client.get(f"{route}?after=2", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, problem_code(answer)) == (410, "unknown-version")


@pytest.mark.parametrize("route", [CHANGES, STREAM])
@pytest.mark.parametrize("after", ["-1", "x", "1.5", str(2**53), str(2**64), ""])
async def test_an_invalid_version_is_refused(client: Client, route: str, after: str) -> None:
    answer = await client.get(f"{route}?after={after}", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, problem_code(answer)) == (400, "bad-request")


@pytest.mark.parametrize("event_id", ["-1", "x", str(2**64)])
async def test_an_invalid_last_event_id_is_refused(client: Client, event_id: str) -> None:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": event_id}
    answer = await client.get(STREAM, headers=headers)
    assert (answer.status_code, problem_code(answer)) == (400, "bad-request")


async def test_a_stream_is_only_for_those_who_ask_for_one(client: Client) -> None:
    answer = await client.get(STREAM)
    assert (answer.status_code, problem_code(answer)) == (406, "not-acceptable")


async def test_a_stream_needs_a_credential(client: Client) -> None:
    answer = await client.get(STREAM, headers={"Accept": "text/event-stream", "Authorization": "Bearer no"})
    assert answer.status_code == 401

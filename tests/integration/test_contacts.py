"""Contacts: over the API, and from files."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest
from psycopg import sql

from keepwell.identity.model import Workspace
from keepwell.importing.import_log.model import NotUndoable
from keepwell.importing.service import ImportSummary
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.records import Client, account, made, problem_code
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

MAPPING = """\
version: 1
workspace: {name: Shop, currency: USD}
entities:
  accounts:
    file: accounts.csv
    fields: {id: account_id, name: name}
  contacts:
    file: contacts.csv
    fields: {id: contact_id, account: account_id, name: name, email: email, is_billing: is_billing}
"""
HEADER = "contact_id,account_id,name,email,is_billing"


async def contact(client: Client, account_id: str, **fields: Any) -> dict[str, Any]:
    return await made(client, "/v1/contacts", {"account_id": account_id, "name": "Front desk", **fields})


async def patched(client: Client, item: dict[str, Any], **fields: Any) -> dict[str, Any]:
    etag = {"If-Match": f'"{item["version"]}"'}
    answer = await client.patch(f"/v1/contacts/{item['id']}", json=fields, headers=etag)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def listed(client: Client, **parameters: str) -> list[dict[str, Any]]:
    answer = await client.get("/v1/contacts", params=parameters)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_contact_is_added_changed_and_removed(client: Client) -> None:
    owner = await account(client)
    added = await contact(client, owner["id"], email="Desk@Arcade.example", locale="de_at")
    assert (added["email"], added["locale"], added["external_id"]) == (
        "desk@arcade.example",
        "de-AT",
        added["id"],
    )
    changed = await patched(client, added, time_zone="Europe/Vienna", email=None)
    assert (changed["time_zone"], changed["email"], changed["version"]) == ("Europe/Vienna", None, 2)
    address = f"/v1/contacts/{added['id']}"
    stale = await client.delete(address, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await client.delete(address, headers={"If-Match": '"2"'})).status_code == 204
    assert problem_code(await client.get(address)) == "not-found"


async def test_changed_contacts_are_in_the_changes_feed(client: Client) -> None:
    owner = await account(client)
    desk = await contact(client, owner["id"], is_billing=True)
    newest = (await client.get("/v1/changes")).json()["newest"]
    billing = await contact(client, owner["id"], name="Billing", is_billing=True)
    changes = (await client.get("/v1/changes", params={"after": newest})).json()["items"]
    assert {each["record_id"] for each in changes if each["kind"] == "contacts"} == {
        desk["id"],
        billing["id"],
    }


async def test_a_wrong_detail_is_refused_by_its_field(client: Client) -> None:
    owner = await account(client)
    body = {"account_id": owner["id"], "email": "a@arcade.example\nBcc: b@arcade.example"}
    answer = await client.post("/v1/contacts", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("email: ")


@pytest.mark.parametrize("when", ["2100-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
async def test_nobody_unsubscribes_in_the_future_or_in_antiquity(client: Client, when: str) -> None:
    owner = await account(client)
    answer = await client.post("/v1/contacts", json={"account_id": owner["id"], "unsubscribed_at": when})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("unsubscribed_at: ")


async def test_contacts_are_paged_by_name_and_filtered(client: Client) -> None:
    first, second = await account(client, 1), await account(client, 2)
    for name in ("Billing", "Front desk", "Owner"):
        await contact(client, first["id"], name=name)
    await contact(client, second["id"], name=None, email="chief@arcade.example")
    page = (await client.get("/v1/contacts", params={"limit": 2})).json()
    rest = await listed(client, cursor=page["next"])
    names = [each["name"] or each["email"] for each in [*page["items"], *rest]]
    assert names == sorted(["Billing", "Front desk", "Owner", "chief@arcade.example"])
    assert len(await listed(client, account_id=first["id"])) == 3
    assert len(await listed(client, email="Chief@Arcade.example")) == 1


async def test_contacts_are_exported_as_csv(client: Client) -> None:
    owner = await account(client)
    await contact(client, owner["id"], name="=Desk")
    rows = list(csv.DictReader(io.StringIO((await client.get("/v1/contacts.csv")).text, newline="")))
    assert [(row["account_id"], row["name"]) for row in rows] == [(owner["id"], "'=Desk")]


async def test_a_new_billing_contact_takes_the_flag_from_the_previous_one(client: Client) -> None:
    owner = await account(client)
    desk = await contact(client, owner["id"], is_billing=True)
    billing = await contact(client, owner["id"], name="Billing", is_billing=True)
    assert [each["id"] for each in await listed(client, is_billing="true")] == [billing["id"]]
    desk = (await client.get(f"/v1/contacts/{desk['id']}")).json()
    assert (desk["is_billing"], desk["version"]) == (False, 2)
    await patched(client, desk, is_billing=True)
    assert [each["id"] for each in await listed(client, is_billing="true")] == [desk["id"]]


async def test_of_requests_at_once_each_is_answered_and_one_contact_becomes_the_billing_one(
    client: Client,
) -> None:
    owner = await account(client)
    bodies = [
        {"account_id": owner["id"], "name": f"Billing {number}", "is_billing": True} for number in range(6)
    ]
    answers = await asyncio.gather(*(client.post("/v1/contacts", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {201}
    assert len(await listed(client, is_billing="true")) == 1


async def test_the_audit_log_keeps_what_happened_to_a_contact_but_nothing_about_the_person(
    client: Client,
) -> None:
    owner = await account(client)
    added = await contact(client, owner["id"], name="Desk", email="desk@arcade.example")
    await patched(client, added, email="counter@arcade.example")
    entries = (await client.get("/v1/audit-entries", params={"subject": f"contact:{added['id']}"})).json()[
        "items"
    ]
    assert {each["action"] for each in entries} == {"contact.created", "contact.updated"}
    updated = next(each for each in entries if each["action"] == "contact.updated")
    assert updated["after"]["changed"] == ["email"]
    assert "arcade.example" not in str(entries)


@pytest.fixture
def shop(
    database: Database,
    workspace: Workspace,
    settings_of_test: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shop:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path_factory.mktemp("export"))
    shop.export.mapping = MAPPING
    return shop


async def imported(shop: Shop, *lines: str) -> ImportSummary:
    (shop.export.folder / "contacts.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return await shop.import_export()


async def billing(shop: Shop) -> list[str]:
    return sorted(row["external_id"] for row in (await shop.state())["contacts"] if row["is_billing"])


async def test_contacts_are_imported_and_the_second_time_nothing_changes(shop: Shop) -> None:
    lines = ("C-1,A-1,Billing,billing@acme.example,true", "C-2,A-2,Front desk,,false")
    assert (await imported(shop, *lines)).entities["contacts"].imported == 2
    assert not (await imported(shop, *lines)).changed


async def test_rows_with_wrong_details_are_dead_lettered_and_empty_ones_skipped(shop: Shop) -> None:
    lines = ("C-1,A-1,,desk,false", "C-2,A-9,Desk,,false", "C-3,A-1,,,false", "C-4,A-1,Desk,,false")
    counts = (await imported(shop, *lines)).entities["contacts"]
    assert (counts.imported, counts.skipped) == (1, 1)
    assert shop.dead_letters() == [
        ("contacts.csv", 2, "invalid-email", "email"),
        ("contacts.csv", 3, "unknown-account", "account"),
    ]


async def test_of_two_billing_contacts_the_first_keeps_the_flag_and_the_report_says_so(shop: Shop) -> None:
    lines = ("C-1,A-1,Billing,,true", "C-2,A-1,Chief,,true", "C-3,A-2,Billing,,true")
    summary = await imported(shop, *lines)
    assert await billing(shop) == ["C-1", "C-3"]
    assert summary.entities["contacts"].imported == 3
    assert (
        "contacts: imported without the billing flag, because their account has another billing contact: 1, the first is "
        "'C-2'"
    ) in summary.assumptions
    assert not (await imported(shop, *lines)).changed


async def test_a_later_file_moves_the_flag_only_if_the_holder_gives_it_up(shop: Shop) -> None:
    await imported(shop, "C-1,A-1,Billing,,true", "C-2,A-1,Chief,,false")
    await imported(shop, "C-2,A-1,Chief,,true")
    assert await billing(shop) == ["C-1"]
    # In the order of ids, the flag is taken before it is given up.
    await imported(shop, "C-1,A-1,Billing,,false", "C-0,A-1,New,,true")
    assert await billing(shop) == ["C-0"]


async def test_what_a_file_does_not_say_about_a_contact_stays(shop: Shop) -> None:
    await imported(shop, "C-1,A-1,Desk,,false")
    await shop.execute(
        sql.SQL(
            "update contacts set website = 'https://acme.example', unsubscribed_at = '2026-01-01T00:00:00Z'"
        )
    )
    await imported(shop, "C-1,A-1,Front desk,,false")
    [row] = (await shop.state())["contacts"]
    assert (row["name"], row["website"]) == ("Front desk", "https://acme.example")
    assert row["unsubscribed_at"] is not None


async def test_a_contact_that_was_added_later_keeps_its_imported_account(shop: Shop) -> None:
    summary = await imported(shop)
    await shop.execute(
        sql.SQL(
            "insert into contacts (workspace_id, id, external_id, account_id)"
            " select workspace_id, gen_random_uuid(), 'C-1', id from accounts where external_id = 'A-1'"
        )
    )
    with pytest.raises(NotUndoable, match="contacts 'C-1' depends on accounts 'A-1'"):
        await shop.undo(summary.id)


async def test_an_import_that_gave_the_flag_up_is_not_undone_once_another_contact_has_it(shop: Shop) -> None:
    await imported(shop, "C-1,A-1,Billing,,true", "C-2,A-1,Chief,,false")
    summary = await imported(shop, "C-1,A-1,Billing,,false")
    await shop.execute(sql.SQL("update contacts set is_billing = true where external_id = 'C-2'"))
    with pytest.raises(NotUndoable, match="would leave two where only one may be"):
        await shop.undo(summary.id)
    assert await billing(shop) == ["C-2"]


async def test_an_export_with_a_filter_that_is_not_valid_is_a_problem_and_not_a_broken_file(
    client: Client,
) -> None:
    answer = await client.get("/v1/contacts.csv", params={"email": "0" * 300})
    assert (answer.status_code, problem_code(answer)) == (400, "invalid-data")

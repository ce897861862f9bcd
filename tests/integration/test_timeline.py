"""The timeline of an account: what every room knows of it, newest first, a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from keepwell.identity.model import Workspace
from keepwell.intake.model import Context, Event
from keepwell.intake.service import EventJournal, build_lake
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.progress import SilentProgress
from keepwell.records.account_signals import service as account_signals
from keepwell.records.account_signals.model import NewSignal
from tests.integration.credentials import ANY, NOW, RUNTIME
from tests.integration.records import Client, account, made
from tests.integration.scores import pays
from tests.integration.timelines import items, page
from tests.unit.intake.sample_events import sourced

pytestmark = pytest.mark.anyio

TODAY = NOW.date()


def words(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(item["day"], item["kind"], item["type"]) for item in found]


def event(number: int, name: str, at: datetime, *, account: str = "A-1") -> Event:
    return Event(
        message_id=f"E-{number}",
        event=name,
        timestamp=at,
        context=Context(group_id=account),
        properties={},
    )


def accept(settings: Settings, workspace: Workspace, *events: Event) -> None:
    root = settings.intake(workspace.id)
    with EventJournal.open(root / "http", clock=RUNTIME.clock, ignores_times=True) as journal:
        journal.append(sourced(*events))


def build(settings: Settings, workspace: Workspace) -> None:
    root = settings.intake(workspace.id)
    with EventJournal.open(root / "http", clock=RUNTIME.clock, ignores_times=True) as journal:
        journal.seal()
    built = build_lake(root, settings.lake, workspace_id=workspace.id, progress=SilentProgress())
    assert built.files > 0


async def billed(client: Client, owner: dict[str, Any]) -> None:
    """A year's plan change, and an invoice whose first charge failed."""
    await pays(client, owner, "10", ends_on="2026-03-10", plan="Basic")
    await pays(client, owner, "25.50", external_id="S-2", starts_on="2026-03-10")
    invoice = await made(
        client,
        "/v1/invoices",
        {
            "external_id": "I-1",
            "number": "N-7",
            "account_id": owner["id"],
            "status": "paid",
            "total": "30.35",
            "amount_paid": "30.35",
            "issued_on": "2026-04-10",
            "paid_on": "2026-04-12",
        },
    )
    charge = {"account_id": owner["id"], "invoice_id": invoice["id"], "amount": "30.35"}
    await made(
        client,
        "/v1/charges",
        charge
        | {
            "external_id": "C-1",
            "status": "failed",
            "decline_code": "insufficient_funds",
            "charged_at": "2026-04-10T06:00:00Z",
        },
    )
    paid = await made(
        client,
        "/v1/charges",
        charge | {"external_id": "C-2", "status": "succeeded", "charged_at": "2026-04-12T06:00:00Z"},
    )
    await made(
        client,
        "/v1/refunds",
        {
            "external_id": "R-1",
            "charge_id": paid["id"],
            "amount": "5.35",
            "refunded_at": "2026-05-02T10:00:00Z",
        },
    )


async def test_money_is_listed_newest_first_with_amounts_before_and_after(
    owned: tuple[Client, dict[str, Any]],
) -> None:
    client, owner = owned
    await billed(client, owner)
    found = await items(client, owner)
    assert words(found) == [
        ("2026-05-02", "refund", "refunded"),
        ("2026-04-12", "charge", "succeeded"),
        ("2026-04-12", "invoice", "paid"),
        ("2026-04-10", "charge", "failed"),
        ("2026-04-10", "invoice", "issued"),
        ("2026-03-10", "subscription", "expansion"),
        ("2026-01-10", "subscription", "new"),
    ]
    refund, taken, paid, failed, _, expansion, new = found
    assert (refund["amount"], refund["currency"], refund["refund"]["charge_id"]) == (
        "5.35",
        "USD",
        taken["subject_id"],
    )
    assert (paid["at"], paid["invoice"]["number"], paid["amount"]) == (None, "N-7", "30.35")
    assert failed["charge"]["decline_code"] == "insufficient_funds"
    assert (failed["charge"]["invoice_id"], failed["charge"]["invoice_number"]) == (paid["subject_id"], "N-7")
    assert failed["at"] == "2026-04-10T06:00:00Z"
    assert (expansion["amount"], expansion["subscription"]["mrr_before"]) == ("15.50", "10.00")
    assert (expansion["subscription"]["mrr_after"], expansion["subscription"]["plans"]) == ("25.50", ["Pro"])
    assert expansion["subscription"]["plans_before"] == ["Basic"]
    assert (new["subscription"]["mrr_before"], new["subscription"]["mrr_after"]) == ("0.00", "10.00")


async def test_pages_of_any_size_have_the_same_items_and_a_kind_narrows_them(
    owned: tuple[Client, dict[str, Any]], shared_settings: Settings, workspace: Workspace
) -> None:
    client, owner = owned
    await billed(client, owner)
    built = [
        event(n, "match_won", datetime(2026, 4, 10, 9, tzinfo=UTC) + timedelta(hours=12 * n))
        for n in range(9)
    ]
    accept(shared_settings, workspace, *built)
    build(shared_settings, workspace)
    whole = await items(client, owner)
    assert len(whole) == 12
    for limit in (1, 2, 3, 7):
        assert await items(client, owner, limit=limit) == whole
    for kinds in (["charge"], ["charge", "events"], ["subscription", "refund", "invoice"], ["contact"]):
        expected = [item for item in whole if item["kind"] in kinds]
        assert await items(client, owner, kinds=kinds, limit=2) == expected
    named_twice = await items(client, owner, kinds=["charge", "charge"], limit=2)
    assert named_twice == [item for item in whole if item["kind"] == "charge"]
    answer = await client.get(f"/v1/accounts/{owner['id']}/timeline?kinds=other")
    assert (answer.status_code, "kinds" in answer.json()["detail"]) == (400, True)


async def test_an_item_that_arrives_between_two_pages_moves_no_other(
    owned: tuple[Client, dict[str, Any]],
) -> None:
    client, owner = owned
    await billed(client, owner)
    first = await page(client, owner, limit=3)
    late = {"external_id": "C-9", "account_id": owner["id"], "status": "succeeded", "amount": "1"}
    await made(client, "/v1/charges", late | {"charged_at": "2026-05-03T06:00:00Z"})
    second = await page(client, owner, limit=3, cursor=first["next"])
    assert words(second["items"]) == [
        ("2026-04-10", "charge", "failed"),
        ("2026-04-10", "invoice", "issued"),
        ("2026-03-10", "subscription", "expansion"),
    ]
    assert (first["planned"] != [], second["planned"]) == (True, [])


async def test_product_events_are_folded_by_day_from_the_lake_and_before_they_are_in_it(
    owned: tuple[Client, dict[str, Any]], shared_settings: Settings, workspace: Workspace
) -> None:
    client, owner = owned
    day = datetime(2026, 5, 18, 9, tzinfo=UTC)
    names = ["match_won", "match_won", "tower_built", "level_up", "zoomed", "tower_built"]
    accept(
        shared_settings,
        workspace,
        *(event(n, name, day + timedelta(minutes=n)) for n, name in enumerate(names)),
        event(90, "match_won", day, account="A-2"),
    )
    build(shared_settings, workspace)
    accept(
        shared_settings,
        workspace,
        event(10, "match_won", day + timedelta(hours=5)),
        event(11, "opened", NOW),
        event(12, "opened", NOW + timedelta(days=1)),
    )
    (latest, earlier) = await items(client, owner, kinds="events")
    assert (latest["day"], latest["events"]["count"], latest["at"]) == (TODAY.isoformat(), 1, None)
    assert earlier["events"] == {
        "count": 7,
        "kinds": 4,
        "top": [
            {"event": "match_won", "count": 3},
            {"event": "tower_built", "count": 2},
            {"event": "level_up", "count": 1},
        ],
        "last_at": "2026-05-18T14:00:00Z",
    }


async def test_an_account_that_left_long_ago_is_reached_by_short_pages(
    owned: tuple[Client, dict[str, Any]], shared_settings: Settings, workspace: Workspace
) -> None:
    client, owner = owned
    days = [NOW - timedelta(days=n) for n in range(140)]
    others = [event(n, "login", at, account="A-2") for n, at in enumerate(days)]
    accept(shared_settings, workspace, *others, event(200, "login", days[139]))
    build(shared_settings, workspace)
    first = await page(client, owner)
    assert (first["items"], first["next"] is None) == ([], False)
    (found,) = await items(client, owner)
    assert (found["day"], found["events"]["count"]) == (days[139].date().isoformat(), 1)


async def test_signals_and_contacts_are_part_of_it_also_those_that_were_removed(
    owned: tuple[Client, dict[str, Any]], database: Database, workspace: Workspace
) -> None:
    client, owner = owned
    signal = NewSignal(
        account_id=UUID(owner["id"]),
        kind="website.status",
        value=404,
        observed_at=NOW - timedelta(days=3),
    )
    async with database.workspace(workspace.id) as connection:
        await account_signals.add(connection, [signal], workspace_id=workspace.id, runtime=RUNTIME)
    ada, bob = [
        await made(client, "/v1/contacts", {"account_id": owner["id"], "name": name})
        for name in ("Ada", "Bob")
    ]
    other = await account(client, 2)
    gone = await made(client, "/v1/contacts", {"account_id": other["id"], "name": "Eve"})
    for each in (bob, gone):
        assert (await client.delete(f"/v1/contacts/{each['id']}", headers=ANY)).status_code == 204
    found = await items(client, owner)
    by_type = {(item["kind"], item["type"]): item for item in found}
    assert len(found) == len(by_type) == 3
    added, removed = by_type["contact", "added"], by_type["contact", "removed"]
    assert (added["subject_id"], added["contact"]["name"], added["day"]) == (ada["id"], "Ada", "2026-05-20")
    assert (removed["subject_id"], removed["contact"]["name"]) == (bob["id"], None)
    observed = by_type["signal", "observed"]
    assert (observed["signal"]["name"], observed["signal"]["value"]) == ("website.status", 404)


async def test_trials_announced_ends_and_unpaid_invoices_are_part_of_it(
    owned: tuple[Client, dict[str, Any]],
) -> None:
    client, owner = owned
    await pays(client, owner, "10", is_trial=True, ends_on="2026-01-24")
    ending = {"starts_on": "2026-01-24", "cancelled_on": "2026-05-12", "ends_on": "2026-06-24"}
    await pays(client, owner, "10", external_id="S-2", end_reason="voluntary", **ending)
    invoice = {"external_id": "I-1", "account_id": owner["id"], "status": "open", "total": "10"}
    await made(client, "/v1/invoices", invoice | {"issued_on": "2026-05-01", "due_on": "2026-05-15"})
    found = await items(client, owner)
    assert words(found) == [
        ("2026-05-16", "invoice", "past_due"),
        ("2026-05-12", "subscription", "cancellation_announced"),
        ("2026-05-01", "invoice", "issued"),
        ("2026-01-24", "subscription", "new"),
        ("2026-01-10", "subscription", "trial_started"),
    ]
    assert found[1]["subscription"]["ends_on"] == "2026-06-24"


async def test_what_is_planned_comes_in_ascending_order(owned: tuple[Client, dict[str, Any]]) -> None:
    client, owner = owned
    await pays(client, owner, "10")
    await pays(client, owner, "99", external_id="S-2", interval="year", amount_per="year")
    ending = {"ends_on": "2026-05-31", "cancelled_on": "2026-05-02", "end_reason": "voluntary"}
    await pays(client, owner, "5", external_id="S-3", starts_on="2026-04-30", **ending)
    await pays(client, owner, "7", external_id="S-4", starts_on="2026-05-31", plan="Team")
    card = {"external_id": "P-1", "account_id": owner["id"], "brand": "visa", "last4": "4242"}
    expires = {"exp_month": 5, "exp_year": 2026, "is_default": True}
    await made(client, "/v1/payment-methods", card | expires)
    planned = (await page(client, owner))["planned"]
    assert [(item["day"], item["type"], item["amount"]) for item in planned] == [
        ("2026-05-30", "renewal", "5"),
        ("2026-05-31", "card_expires", None),
        ("2026-05-31", "end", "5"),
        ("2026-05-31", "start", "7"),
        ("2026-06-10", "renewal", "10"),
        ("2027-01-10", "renewal", "99"),
    ]
    assert (planned[1]["last4"], planned[2]["end_reason"]) == ("4242", "voluntary")


async def test_an_unknown_account_has_no_timeline(owned: tuple[Client, dict[str, Any]]) -> None:
    client, _ = owned
    answer = await client.get(f"/v1/accounts/{UUID(int=7)}/timeline")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")

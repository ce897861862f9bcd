"""Failed payments: which invoices are open over one, what they come to, and which need a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import NOW, RUNTIME
from tests.integration.records import Client, account, client_of, made

pytestmark = pytest.mark.anyio

TODAY = NOW.date()


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        yield opened


async def owner(
    client: Client, number: int, *, email: str | None = "billing@arcade.example"
) -> dict[str, Any]:
    added = await account(client, number)
    if email is not None:
        await made(client, "/v1/contacts", {"account_id": added["id"], "email": email})
    return added


async def invoice(
    client: Client,
    whose: dict[str, Any],
    total: str = "10",
    *,
    declines: Sequence[str | None] = (),
    days_ago: int = 1,
    **fields: Any,
) -> dict[str, Any]:
    """An open invoice, tried once a day for each decline code; the last attempt was `days_ago`."""
    body = {"external_id": f"I-{whose['external_id']}", "account_id": whose["id"], "status": "open"}
    issued_on = (TODAY - timedelta(days=60)).isoformat()
    added = await made(client, "/v1/invoices", body | {"total": total, "issued_on": issued_on} | fields)
    for number, code in enumerate(declines):
        at = NOW - timedelta(days=days_ago + len(declines) - 1 - number)
        await charge(
            client, added, f"{number}", status="failed", decline_code=code, charged_at=at.isoformat()
        )
    return added


async def charge(client: Client, of: dict[str, Any], name: str, **fields: Any) -> None:
    body = {"external_id": f"{of['external_id']}-{name}", "account_id": of["account_id"]}
    await made(client, "/v1/charges", body | {"invoice_id": of["id"], "amount": of["total"]} | fields)


async def listed(client: Client, **query: Any) -> dict[str, Any]:
    answer = await client.get("/v1/failed-payments", params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_an_open_invoice_whose_latest_charge_failed_is_listed_with_why_and_since_when(
    client: Client,
) -> None:
    of = await owner(client, 1)
    added = await invoice(
        client, of, "30", amount_paid="4.50", number="N-1", declines=["generic_decline", "insufficient_funds"]
    )
    (item,) = (await listed(client))["items"]
    assert item == {
        "id": added["id"],
        "account_id": of["id"],
        "name": "Account 001",
        "number": "N-1",
        "amount": "25.50",
        "currency": "USD",
        "converted": "25.50",
        "issued_on": added["issued_on"],
        "due_on": None,
        "since": "2026-05-18",
        "days": 2,
        "attempts": 2,
        "failed_at": "2026-05-19T12:00:00Z",
        "decline_code": "insufficient_funds",
        "advice_code": None,
        "has_email": True,
        "needs_person": None,
    }


async def test_what_was_paid_or_is_not_due_yet_is_not_listed(client: Client) -> None:
    ids = [await owner(client, number) for number in range(1, 7)]
    recovered = await invoice(client, ids[0], declines=["insufficient_funds"])
    await charge(client, recovered, "ok", status="succeeded", charged_at=NOW.isoformat())
    await invoice(client, ids[1], declines=["insufficient_funds"], status="paid", paid_on=TODAY.isoformat())
    await invoice(client, ids[2], declines=["insufficient_funds"], amount_paid="10")
    await invoice(client, ids[3], due_on=TODAY.isoformat())
    await invoice(client, ids[4])
    late = await invoice(client, ids[5], due_on=(TODAY - timedelta(days=1)).isoformat())
    (item,) = (await listed(client))["items"]
    assert (item["id"], item["since"], item["days"], item["failed_at"]) == (
        late["id"],
        TODAY.isoformat(),
        0,
        None,
    )


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        (None, {"declines": ["insufficient_funds"]}),
        (None, {"declines": ["expired_card"], "days_ago": 21}),
        (None, {"due_on": str(TODAY - timedelta(days=22))}),
        ("no_contact", {"declines": ["lost_card"], "email": None}),
        ("hard_decline", {"declines": ["lost_card"]}),
        ("authentication_required", {"declines": ["authentication_required"]}),
        ("waiting_long", {"declines": ["insufficient_funds"], "days_ago": 22}),
        ("waiting_long", {"declines": ["insufficient_funds"] * 23}),
        ("waiting_long", {"due_on": str(TODAY - timedelta(days=23))}),
        ("no_decline_code", {"declines": ["insufficient_funds", None]}),
    ],
)
async def test_a_person_is_needed_where_neither_a_mail_nor_a_retry_will_do(
    client: Client, reason: str | None, fields: dict[str, Any]
) -> None:
    email = fields.pop("email", "billing@arcade.example")
    await invoice(client, await owner(client, 1, email=email), **fields)
    found = await listed(client)
    assert [item["needs_person"] for item in found["items"]] == [reason]
    assert found["totals"]["need_person"] == (reason is not None)
    assert len((await listed(client, needs_person=True))["items"]) == (reason is not None)
    assert len((await listed(client, needs_person=False))["items"]) == (reason is None)


async def test_an_address_that_takes_no_mail_is_no_contact(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await invoice(client, await owner(client, 1), declines=["insufficient_funds"])
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "update contacts set undeliverable_email = email where workspace_id = %s", (workspace.id,)
        )
    (item,) = (await listed(client))["items"]
    assert (item["has_email"], item["needs_person"]) == (False, "no_contact")


async def test_totals_convert_at_todays_rate_and_say_what_they_lack(client: Client) -> None:
    rates = [{"currency": "EUR", "on": "2026-05-01", "rate": "1.25"}]
    answer = await client.post("/v1/exchange-rates", json={"rates": rates})
    assert answer.status_code in {200, 201}, answer.text
    euro, dollar, yen = [await owner(client, number) for number in (1, 2, 3)]
    await invoice(client, euro, "10.01", currency="EUR", declines=["lost_card"])
    await invoice(client, euro, "1", external_id="I-9", declines=["insufficient_funds"])
    await invoice(client, dollar, "12.50", declines=["insufficient_funds"])
    await invoice(client, yen, "900", currency="JPY", declines=["stolen_card"])
    found = await listed(client, limit=1)
    assert found["totals"] == {
        "payments": 4,
        "accounts": 3,
        "amount": "26.01",
        "need_person": 2,
        "need_person_amount": "12.51",
        "unconverted": 1,
        "currency": "USD",
    }
    everything = (await listed(client))["items"]
    assert [(each["amount"], each["currency"], each["converted"]) for each in everything] == [
        ("10.01", "EUR", "12.51"),
        ("12.50", "USD", "12.50"),
        ("1", "USD", "1.00"),
        ("900", "JPY", None),
    ]


@pytest.mark.parametrize("sort", ["-amount", "amount", "since", "-since"])
async def test_pages_in_every_order_have_each_payment_once(client: Client, sort: str) -> None:
    for number in range(1, 6):
        of = await owner(client, number)
        currency = "JPY" if number == 5 else "USD"
        await invoice(
            client, of, str(number % 3 + 1), currency=currency, declines=["expired_card"], days_ago=number % 2
        )
    whole = [item["id"] for item in (await listed(client, sort=sort))["items"]]
    found: list[str] = []
    cursor = None
    while cursor is not None or not found:
        page = await listed(client, sort=sort, limit=2, **({} if cursor is None else {"cursor": cursor}))
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert (found, len(whole)) == (whole, 5)
    exported = (await client.get("/v1/failed-payments.csv", params={"sort": sort})).text.splitlines()[1:]
    assert [line.split(",")[0] for line in exported] == whole


async def test_without_any_the_totals_are_zero_and_known(client: Client) -> None:
    found = await listed(client)
    assert (found["items"], found["next"], found["totals"]["payments"]) == ([], None, 0)
    assert (found["totals"]["amount"], found["totals"]["need_person_amount"]) == ("0.00", "0.00")

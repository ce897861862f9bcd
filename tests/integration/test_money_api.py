"""Charges, refunds and payment methods over the API, and accounts that money hangs on."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from tests.clocks import FixedClock
from tests.integration.records import Client, account, client_of, made, problem_code

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 5, 20, 12, tzinfo=UTC))
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))
ANY = {"If-Match": "*"}
AT = "2026-05-18T09:30:00Z"


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        yield opened


@pytest.fixture
async def owner(client: Client) -> str:
    """The id of an account."""
    return str((await account(client))["id"])


async def invoice(client: Client, owner: str, **fields: Any) -> dict[str, Any]:
    body = {"external_id": "I-1", "account_id": owner, "status": "open", "total": "58.00"}
    return await made(client, "/v1/invoices", {**body, "issued_on": "2026-05-01", **fields})


def charge(owner: str, **fields: Any) -> dict[str, Any]:
    body = {"external_id": "C-1", "account_id": owner, "status": "succeeded", "amount": "58.00"}
    return {**body, "charged_at": AT, **fields}


def refund(charge_id: str, **fields: Any) -> dict[str, Any]:
    return {"external_id": "R-1", "charge_id": charge_id, "amount": "20.00", "refunded_at": AT, **fields}


def method(owner: str, **fields: Any) -> dict[str, Any]:
    card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030, "gateway": "stripe"}
    return {"external_id": "P-1", "account_id": owner, **card, **fields}


async def test_a_failed_charge_is_added_with_its_reasons_and_read_back(client: Client, owner: str) -> None:
    paid_by = await made(client, "/v1/payment-methods", method(owner))
    billed = await invoice(client, owner)
    codes = {"decline_code": "insufficient_funds", "advice_code": "try_again_later"}
    body = charge(owner, status="failed", invoice_id=billed["id"], payment_method_id=paid_by["id"], **codes)
    answer = await client.post("/v1/charges", json=body)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    read = (await client.get(answer.headers["location"])).json()
    assert {name: read[name] for name in codes} == codes
    assert (read["invoice_id"], read["invoice_external_id"]) == (billed["id"], "I-1")
    assert (read["payment_method_id"], read["currency"], read["amount_refunded"]) == (
        paid_by["id"],
        "USD",
        "0",
    )


async def test_a_pending_charge_fails_once(client: Client, owner: str) -> None:
    path = f"/v1/charges/{(await made(client, '/v1/charges', charge(owner, status='pending')))['id']}"
    change = {"status": "failed", "decline_code": "expired_card"}
    assert (await client.patch(path, json=change)).status_code == 428
    failed = await client.patch(path, json=change, headers={"If-Match": '"1"'})
    assert (failed.status_code, failed.json()["decline_code"], failed.json()["version"]) == (
        200,
        "expired_card",
        2,
    )
    assert (await client.patch(path, json=change, headers={"If-Match": '"1"'})).status_code == 412
    again = await client.patch(path, json={"status": "succeeded"}, headers=ANY)
    assert (again.status_code, problem_code(again)) == (409, "charge-settled")


async def test_charges_are_filtered_paged_and_exported(client: Client, owner: str) -> None:
    other = (await account(client, 2))["id"]
    billed = await invoice(client, owner, external_id="I-9")
    await made(client, "/v1/charges", charge(owner, charged_at="2026-05-01T00:00:00Z"))
    late = {"external_id": "C-2", "charged_at": "2026-05-01T23:59:59Z", "invoice_id": billed["id"]}
    await made(client, "/v1/charges", charge(owner, **late))
    declined = {"status": "failed", "decline_code": "lost_card", "external_id": "C-3"}
    await made(client, "/v1/charges", charge(other, charged_at="2026-05-02T00:00:00Z", **declined))

    async def ids(**params: str) -> list[str]:
        answer = await client.get("/v1/charges", params=params)
        return [each["external_id"] for each in answer.json()["items"]]

    assert await ids() == ["C-3", "C-2", "C-1"]
    assert await ids(sort="charged_at", **{"from": "2026-05-01", "to": "2026-05-01"}) == ["C-1", "C-2"]
    assert await ids(account_id=other) == ["C-3"]
    assert await ids(invoice_id=billed["id"]) == ["C-2"]
    assert await ids(status="failed") == await ids(decline_code="lost_card") == ["C-3"]
    first = (await client.get("/v1/charges", params={"limit": 2})).json()
    rest = (await client.get("/v1/charges", params={"limit": 2, "cursor": first["next"]})).json()
    assert [each["external_id"] for each in first["items"] + rest["items"]] == ["C-3", "C-2", "C-1"]
    rows = list(csv.DictReader(io.StringIO((await client.get("/v1/charges.csv")).text)))
    assert [row["decline_code"] for row in rows] == ["lost_card", "", ""]


async def test_refunds_take_what_is_left_of_a_charge(client: Client, owner: str) -> None:
    taken = await made(client, "/v1/charges", charge(owner))
    first = await made(client, "/v1/refunds", refund(taken["id"], reason="duplicate"))
    assert (first["account_id"], first["currency"]) == (owner, "USD")
    too_much = await client.post("/v1/refunds", json=refund(taken["id"], external_id="R-2", amount="38.01"))
    assert (too_much.status_code, problem_code(too_much)) == (409, "not-refundable")
    assert "38.00 of 58.00" in too_much.json()["detail"]
    await made(client, "/v1/refunds", refund(taken["id"], external_id="R-2", amount="38.00"))
    assert (await client.get(f"/v1/charges/{taken['id']}")).json()["amount_refunded"] == "58.00"
    listed = (await client.get("/v1/refunds", params={"charge_id": taken["id"], "account_id": owner})).json()
    assert sorted(each["external_id"] for each in listed["items"]) == ["R-1", "R-2"]
    assert len((await client.get("/v1/refunds.csv")).text.splitlines()) == 3
    assert (await client.get(f"/v1/refunds/{first['id']}")).json() == first


async def test_concurrent_refunds_do_not_take_more_than_the_charge(client: Client, owner: str) -> None:
    taken = await made(client, "/v1/charges", charge(owner))
    answers = await asyncio.gather(
        *(
            client.post("/v1/refunds", json=refund(taken["id"], external_id=f"R-{number}"))
            for number in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]


@pytest.mark.parametrize("status", ["failed", "pending"])
async def test_a_charge_that_took_nothing_is_not_refunded(client: Client, owner: str, status: str) -> None:
    tried = await made(client, "/v1/charges", charge(owner, status=status))
    answer = await client.post("/v1/refunds", json=refund(tried["id"]))
    assert (answer.status_code, problem_code(answer)) == (409, "not-refundable")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("amount", {"amount": "-1.00"}),
        ("amount", {"amount": "1e3"}),
        ("amount", {"amount": 58}),
        ("amount", {"amount": "58.001"}),
        ("amount", {"amount": "58.5", "currency": "JPY"}),
        ("amount", {"amount": "58.1234", "currency": "KWD"}),
        ("charged_at", {"charged_at": "2026-05-21T12:00:01Z"}),
        ("charged_at", {"charged_at": "2026-05-18T09:30:00"}),
        ("charged_at", {"charged_at": "0001-01-01T00:00:00Z"}),
        ("decline_code", {"decline_code": "nul\x00"}),
        ("decline_code", {"decline_code": "4242 4242 4242 4242"}),
        ("external_id", {"external_id": "4242424242424242"}),
        ("status", {"status": "paid"}),
        ("currency", {"currency": "usd"}),
        ("failure_code", {"failure_code": "lost_card"}),
    ],
)
async def test_a_charge_with_a_wrong_field_is_refused_by_name(
    client: Client, owner: str, field: str, wrong: dict[str, Any]
) -> None:
    answer = await client.post("/v1/charges", json=charge(owner, **wrong))
    assert answer.status_code == 400
    assert field in answer.json()["detail"]
    assert "4242 4242" not in answer.text
    assert (await client.get("/v1/charges")).json()["items"] == []


async def test_half_an_emoji_in_a_code_is_refused(client: Client, owner: str) -> None:
    body = f'{{"external_id": "C-1", "account_id": "{owner}", "status": "failed", "amount": "1", '
    body += f'"charged_at": "{AT}", "advice_code": "\\ud83d"}}'
    answer = await client.post("/v1/charges", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


async def test_amounts_that_the_currency_can_express_are_taken(client: Client, owner: str) -> None:
    for number, (amount, currency) in enumerate([("580", "JPY"), ("58.125", "KWD"), ("58.10", "EUR")]):
        body = charge(owner, external_id=f"C-{number}", amount=amount, currency=currency)
        assert (await made(client, "/v1/charges", body))["amount"] == amount


async def test_a_charge_has_the_currency_and_the_account_of_its_invoice(client: Client, owner: str) -> None:
    billed = await invoice(client, owner, currency="EUR")
    wrong = await client.post("/v1/charges", json=charge(owner, invoice_id=billed["id"], currency="USD"))
    assert (wrong.status_code, wrong.json()["detail"][:9]) == (400, "currency:")
    assert (await made(client, "/v1/charges", charge(owner, invoice_id=billed["id"])))["currency"] == "EUR"
    stranger = (await account(client, 2))["id"]
    body = charge(stranger, external_id="C-2", invoice_id=billed["id"])
    assert "invoice_id:" in (await client.post("/v1/charges", json=body)).json()["detail"]


async def test_a_refund_has_the_currency_of_its_charge(client: Client, owner: str) -> None:
    taken = await made(client, "/v1/charges", charge(owner, amount="5800", currency="JPY"))
    wrong = await client.post("/v1/refunds", json=refund(taken["id"], currency="EUR"))
    assert (wrong.status_code, wrong.json()["detail"][:9]) == (400, "currency:")
    half = await client.post("/v1/refunds", json=refund(taken["id"], amount="0.5"))
    assert (half.status_code, half.json()["detail"][:7]) == (400, "amount:")
    later = await client.post("/v1/refunds", json=refund(taken["id"], refunded_at="2027-01-01T00:00:00Z"))
    assert (later.status_code, later.json()["detail"][:12]) == (400, "refunded_at:")


async def test_an_unknown_account_charge_or_method_is_not_found(client: Client, owner: str) -> None:
    """The id of another workspace's account is unknown here too."""
    for path, body in [
        ("/v1/charges", charge(str(uuid4()))),
        ("/v1/charges", charge(owner, invoice_id=str(uuid4()))),
        ("/v1/charges", charge(owner, payment_method_id=str(uuid4()))),
        ("/v1/refunds", refund(str(uuid4()))),
        ("/v1/payment-methods", method(str(uuid4()))),
    ]:
        assert (await client.post(path, json=body)).status_code == 404


async def test_an_external_id_is_used_once(client: Client, owner: str) -> None:
    taken = await made(client, "/v1/charges", charge(owner))
    await made(client, "/v1/refunds", refund(taken["id"], amount="1"))
    await made(client, "/v1/payment-methods", method(owner))
    for path, body in [
        ("/v1/charges", charge(owner)),
        ("/v1/refunds", refund(taken["id"], amount="1")),
        ("/v1/payment-methods", method(owner)),
    ]:
        assert (await client.post(path, json=body)).status_code == 409


async def test_a_new_default_replaces_the_present_one(client: Client, owner: str) -> None:
    first = await made(client, "/v1/payment-methods", method(owner, is_default=True))
    second = await made(client, "/v1/payment-methods", method(owner, external_id="P-2", is_default=True))
    path = f"/v1/payment-methods/{first['id']}"
    assert (await client.get(path)).json()["is_default"] is False
    await client.patch(path, json={"is_default": True, "exp_year": 2034}, headers=ANY)
    listed = await client.get("/v1/payment-methods", params={"account_id": owner, "is_default": True})
    assert [(each["id"], each["exp_year"]) for each in listed.json()["items"]] == [(first["id"], 2034)]
    assert (await client.get(f"/v1/payment-methods/{second['id']}")).json()["version"] == 2


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("last4", {"last4": "42424"}),
        ("last4", {"last4": "4242424242424242"}),
        ("last4", {"last4": "\u0664\u0662\u0664\u0662"}),
        ("exp_month", {"exp_month": 13}),
        ("exp_month", {"exp_month": 0}),
        ("exp_year", {"exp_year": 30}),
        ("exp_year", {"exp_year": None}),
        ("brand", {"brand": "visa 4242-4242-4242-4242"}),
        ("gateway_reference", {"gateway_reference": "4242 4242 4242 4242"}),
        ("external_id", {"external_id": "378282246310005"}),
        ("number", {"number": "4242424242424242"}),
        ("created_at", {"created_at": "2026-06-20T00:00:00Z"}),
    ],
)
async def test_a_payment_method_with_a_wrong_field_is_refused_by_name(
    client: Client, owner: str, field: str, wrong: dict[str, Any]
) -> None:
    answer = await client.post("/v1/payment-methods", json=method(owner, **wrong))
    assert answer.status_code == 400
    assert field in answer.json()["detail"]
    kept = await client.get("/v1/payment-methods")
    assert "4242424242424242" not in f"{answer.text}{kept.text}"
    assert kept.json()["items"] == []


async def test_a_card_number_does_not_come_in_by_a_change(client: Client, owner: str) -> None:
    path = f"/v1/payment-methods/{(await made(client, '/v1/payment-methods', method(owner)))['id']}"
    answer = await client.patch(path, json={"gateway_reference": "4242424242424242"}, headers=ANY)
    assert (answer.status_code, problem_code(answer)) == (400, "card-number")
    half = await client.patch(path, json={"exp_month": None}, headers=ANY)
    assert (half.status_code, half.json()["detail"][:10]) == (400, "exp_month:")


async def test_an_account_with_money_is_not_deleted(client: Client, owner: str) -> None:
    await invoice(client, owner)
    await made(client, "/v1/charges", charge(owner))
    answer = await client.delete(f"/v1/accounts/{owner}", headers=ANY)
    assert (answer.status_code, problem_code(answer)) == (409, "account-has-money")
    assert "1 invoices and 1 charges" in answer.json()["detail"]
    assert "erasure" in answer.json()["hint"]
    assert (await client.get(f"/v1/accounts/{owner}")).status_code == 200


async def test_an_account_that_was_never_billed_is_deleted_with_its_cards(client: Client, owner: str) -> None:
    await made(client, "/v1/payment-methods", method(owner))
    assert (await client.delete(f"/v1/accounts/{owner}", headers=ANY)).status_code == 204
    assert (await client.get("/v1/payment-methods")).json()["items"] == []


async def test_an_invoice_that_says_nothing_of_refunds_has_those_of_its_charges(
    client: Client, owner: str
) -> None:
    billed = await invoice(client, owner, external_id="I-1", total="58.00")
    taken = await made(client, "/v1/charges", charge(owner, external_id="C-1", invoice_id=billed["id"]))
    assert billed["amount_refunded"] == "0"
    for number, amount in enumerate(["20.00", "1.50"]):
        await made(client, "/v1/refunds", refund(taken["id"], external_id=f"R-{number}", amount=amount))
    path = f"/v1/invoices/{billed['id']}"
    assert (await client.get(path)).json()["amount_refunded"] == "21.50"
    await client.patch(path, json={"amount_refunded": "30.00"}, headers=ANY)
    assert (await client.get(path)).json()["amount_refunded"] == "30.00"


async def test_invoices_charges_and_refunds_of_a_customer_agree(client: Client, owner: str) -> None:
    """The worked example of docs/money.md."""
    january = await invoice(client, owner, external_id="I-1", total="58.00")
    february = await invoice(client, owner, external_id="I-2", total="58.00")
    tried = {"invoice_id": february["id"], "status": "failed", "decline_code": "insufficient_funds"}
    await made(client, "/v1/charges", charge(owner, external_id="C-1", invoice_id=january["id"]))
    await made(client, "/v1/charges", charge(owner, external_id="C-2", **tried))
    again = await made(client, "/v1/charges", charge(owner, external_id="C-3", invoice_id=february["id"]))
    await made(client, "/v1/refunds", refund(again["id"], amount="20.00"))
    for number, paid in enumerate([january, february]):
        change = {"status": "paid", "amount_paid": "58.00", "amount_refunded": f"{20 * number}.00"}
        await client.patch(f"/v1/invoices/{paid['id']}", json=change, headers=ANY)

    async def total(path: str, field: str, **params: str) -> Decimal:
        items = (await client.get(path, params={"account_id": owner, **params})).json()["items"]
        return sum((Decimal(each[field]) for each in items), Decimal(0))

    charged = await total("/v1/charges", "amount", status="succeeded")
    refunded = await total("/v1/refunds", "amount")
    assert charged == await total("/v1/invoices", "amount_paid") == Decimal("116.00")
    assert (
        refunded
        == await total("/v1/charges", "amount_refunded")
        == await total("/v1/invoices", "amount_refunded")
        == Decimal("20.00")
    )
    assert charged - refunded == Decimal("96.00")

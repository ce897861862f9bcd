"""What Stripe's customers and charges show of payment methods, and why charges failed."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from psycopg import sql

from keepwell.identity.model import Workspace
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events.webhook import receive
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

START = 1_750_000_000
_NUMBERS = count()


@pytest.fixture
def stripe(database: Database, workspace: Workspace, shared_settings: Settings) -> Inlet:
    return Inlet(database, workspace, shared_settings)


class Inlet:
    """Stripe's webhooks into a workspace, each a second later than the one before."""

    def __init__(self, database: Database, workspace: Workspace, settings: Settings) -> None:
        self._shop = Shop(database, workspace, settings, folder=settings.home / "unused")

    async def send(self, kind: str, **shown: Any) -> str:
        number = next(_NUMBERS)
        body = {"object": kind.partition(".")[0], "created": START, **shown}
        event = {"id": f"evt_{number}", "type": kind, "created": START + number, "data": {"object": body}}
        async with self._shop.database.workspace(self._shop.workspace.id) as connection:
            result = await receive(
                connection,
                read(event, Event),
                workspace_id=self._shop.workspace.id,
                runtime=system_runtime(),
                bus=self._shop.work.bus,
            )
        return result.status

    async def charge(self, number: int, **shown: Any) -> str:
        fields = {"id": f"ch_{number}", "customer": "cus_1", "status": "succeeded", "currency": "usd"}
        return await self.send("charge.updated", **{**fields, "amount": 5800, **shown})

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        async with self._shop.database.workspace(self._shop.workspace.id) as connection:
            return await (await connection.execute(sql.SQL(statement))).fetchall()

    async def methods(self) -> list[tuple[Any, ...]]:
        return await self.rows(
            "select external_id, brand, last4, exp_month, exp_year, is_default from payment_methods order by 1"
        )


def card(**shown: Any) -> dict[str, Any]:
    whole = {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2027, **shown}
    return {"payment_method": "pm_1", "payment_method_details": {"type": "card", "card": whole}}


@pytest.mark.parametrize(
    ("shown", "codes"),
    [
        ({"failure_code": "expired_card"}, ("expired_card", None)),
        (
            {
                "failure_code": "card_declined",
                "outcome": {
                    "type": "issuer_declined",
                    "reason": "insufficient_funds",
                    "advice_code": "try_again_later",
                },
            },
            ("insufficient_funds", "try_again_later"),
        ),
        (
            {"failure_code": "card_declined", "outcome": {"type": "blocked", "reason": "highest_risk_level"}},
            ("card_declined", None),
        ),
        ({"failure_code": "card_declined", "outcome": {"type": "issuer_declined"}}, ("card_declined", None)),
        ({"outcome": {"type": "authorized", "reason": None}, "status": "succeeded"}, (None, None)),
    ],
)
async def test_the_issuers_reason_says_more_than_the_gateways(
    stripe: Inlet, shown: dict[str, Any], codes: tuple[str | None, str | None]
) -> None:
    assert await stripe.charge(1, **{"status": "failed", **shown}) == "ingested"
    assert await stripe.rows("select decline_code, advice_code from charges") == [codes]


async def test_a_card_is_known_by_its_default_and_by_its_charges_in_any_order(stripe: Inlet) -> None:
    await stripe.send("customer.created", id="cus_1", invoice_settings={"default_payment_method": "pm_1"})
    assert await stripe.methods() == [("pm_1", None, None, None, None, True)]
    await stripe.charge(1, **card(exp_year=2031))
    # An older charge shows the card as it was then.
    await stripe.charge(2, created=START - 90_000_000, **card())
    assert await stripe.methods() == [("pm_1", "visa", "4242", 8, 2031, True)]
    assert await stripe.rows(
        "select count(*) from charges c join payment_methods p on p.id = c.payment_method_id"
    ) == [(2,)]


async def test_another_default_replaces_the_present_one(stripe: Inlet) -> None:
    await stripe.send("customer.created", id="cus_1", default_source="card_1")
    await stripe.send(
        "customer.updated",
        id="cus_1",
        default_source="card_1",
        invoice_settings={"default_payment_method": "pm_2"},
    )
    assert [(row[0], row[-1]) for row in await stripe.methods()] == [("card_1", False), ("pm_2", True)]
    await stripe.send("customer.updated", id="cus_1", invoice_settings={"default_payment_method": None})
    assert [row[-1] for row in await stripe.methods()] == [False, False]


@pytest.mark.parametrize(
    "details",
    [
        None,
        [],
        {"card": "visa"},
        {"card": {"last4": "42424242424242", "exp_month": "8"}},
        {"card": {"brand": "visa", "exp_month": 13, "exp_year": 2030}},
        {"sepa_debit": {"last4": "3000"}},
    ],
)
async def test_a_card_in_an_unknown_form_does_not_cost_the_charge(stripe: Inlet, details: object) -> None:
    assert await stripe.charge(1, payment_method="pm_1", payment_method_details=details) == "ingested"
    ((name, *_, month, year, _),) = await stripe.methods()
    assert (name, month, year) == ("pm_1", None, None)


@pytest.mark.parametrize("ending", ["failed", "canceled"])
async def test_a_refund_that_fails_later_gives_nothing_back(stripe: Inlet, ending: str) -> None:
    await stripe.charge(1)
    shown = {"id": "re_1", "charge": "ch_1", "currency": "usd", "amount": 3000, "reason": "duplicate"}
    for kind, status in (("created", "pending"), ("updated", "succeeded"), ("failed", ending)):
        assert await stripe.send(f"refund.{kind}", **shown, status=status) == "ingested"
    await stripe.send("refund.failed", **{**shown, "id": "re_2"}, status=ending)
    found = await stripe.rows("select external_id, amount, reason from refunds")
    assert found == [("re_1", 0, ending)]


async def test_stripe_changes_no_invoice_that_keepwell_issued(stripe: Inlet) -> None:
    billed = {"id": "in_1", "customer": "cus_1", "status": "open", "currency": "usd"}
    await stripe.send("invoice.created", **billed, total=5800)
    await stripe.rows("update invoices set source = 'keepwell' returning 1")
    assert await stripe.send("invoice.updated", **billed, total=9900) == "deferred"
    assert await stripe.rows("select total::text from invoices") == [("58.00",)]
    ((problem,),) = await stripe.rows("select problem from stripe_events where problem is not null")
    assert "Keepwell issued this invoice" in problem

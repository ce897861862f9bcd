"""Stripe's objects in states that are hard to reach with a fake Stripe, ingested as pages and read as figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any, LiteralString

import pytest

from keepwell.app.listeners import event_bus
from keepwell.identity.model import Workspace
from keepwell.importing.import_log import service as import_log
from keepwell.importing.stripe import store
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.ingest.ingester import StripeIngester
from keepwell.importing.stripe.ingest.writer import IngestTarget
from keepwell.importing.stripe.model import Kind
from keepwell.intake.model import AppendResult, DeadLetter
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.records.accounts import service as accounts
from keepwell.records.accounts.model import AccountFilter
from keepwell.revenue import service as revenue
from keepwell.revenue.movements.model import MovementFilter
from keepwell.revenue.movements.service import list_movements
from keepwell.revenue.rates.service import stored_rates

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
LONG = "".join(str(number) for number in range(10_000, 11_000))


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def price(name: str = "price_m", amount: int | None = 1000, **fields: Any) -> dict[str, Any]:
    recurring = {"interval": "month", "interval_count": 1, **fields.pop("recurring", {})}
    return {"id": name, "currency": "usd", "unit_amount": amount, "recurring": recurring, **fields}


def customer(name: str = "cus_1", **fields: Any) -> dict[str, Any]:
    return {"id": name, "object": "customer", "created": seconds("2025-01-01"), "name": name, **fields}


def subscription(name: str = "sub_1", *, of: str = "cus_1", **fields: Any) -> dict[str, Any]:
    items = fields.pop("items", [{"id": f"si_{name}", "price": price(), "quantity": 1}])
    return {
        "id": name,
        "object": "subscription",
        "customer": of,
        "status": "active",
        "currency": "usd",
        "start_date": seconds("2026-01-01"),
        "items": {"data": items},
        **fields,
    }


class Shop:
    """A workspace that ingests pages of objects."""

    def __init__(self, database: Database, workspace: Workspace) -> None:
        self.database = database
        self.id = workspace.id
        self.letters: list[DeadLetter] = []
        self.ingester: StripeIngester | None = None

    async def ingest(
        self, kind: Kind, objects: list[Any], *, at: str, event: Event | None = None
    ) -> StripeIngester:
        async with self.database.workspace(self.id) as connection:
            import_id = await import_log.begin(
                connection, workspace_id=self.id, source="test", mapping="", runtime=RUNTIME
            )
            target = IngestTarget(
                workspace_id=self.id,
                import_id=import_id,
                currency="USD",
                rates=await stored_rates(connection, workspace_id=self.id),
                runtime=RUNTIME,
                bus=event_bus(RUNTIME),
                reject=self._reject,
            )
            self.ingester = StripeIngester(target)
            as_of = datetime.fromisoformat(at).replace(tzinfo=UTC)
            await self.ingester.ingest(connection, kind, objects, as_of=as_of, event=event)
        return self.ingester

    def _reject(self, letters: Iterable[DeadLetter]) -> AppendResult:
        rejected = list(letters)
        self.letters += rejected
        return AppendResult(dead_lettered=len(rejected))

    def codes(self) -> list[str]:
        return [each.code for each in self.letters]

    async def execute(self, statement: LiteralString) -> None:
        async with self.database.workspace(self.id) as connection:
            await connection.execute(statement)

    async def contacts(self) -> dict[str, tuple[Any, ...]]:
        """Name, e-mail, phone, language, website and billing of each contact, by its id."""
        async with self.database.workspace(self.id) as connection:
            cursor = await connection.execute(
                "select external_id, name, email, phone, locale, website, is_billing from contacts"
            )
            return {name: tuple(rest) for name, *rest in await cursor.fetchall()}

    async def accounts(self) -> dict[str, str]:
        """The status of each account, by name."""
        async with self.database.workspace(self.id) as connection:
            found = await accounts.list_accounts(connection, AccountFilter(), workspace_id=self.id, limit=100)
        return {each.name: each.status for each in found.items}

    async def mrr(self, on: str) -> str:
        async with self.database.workspace(self.id) as connection:
            report = await revenue.mrr(
                connection, workspace_id=self.id, on=date.fromisoformat(on), currency="USD"
            )
        return report.mrr

    async def movements(self) -> list[tuple[str, str, str]]:
        async with self.database.workspace(self.id) as connection:
            found = await list_movements(connection, MovementFilter(), workspace_id=self.id, limit=100)
        return [(each.on.isoformat(), each.kind, each.amount) for each in found.items]


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
def shop(database: Database, workspace: Workspace) -> Shop:
    return Shop(database, workspace)


async def test_a_long_description_is_passed_over_as_a_name(shop: Shop) -> None:
    await shop.ingest("customer", [{**customer(), "name": None, "description": LONG}], at="2026-06-01")
    assert (await shop.accounts(), shop.codes()) == ({"cus_1": "prospect"}, [])


@pytest.mark.parametrize("kind", ["customer", "subscription"])
async def test_odd_objects_of_a_page_are_dead_letters_and_the_others_are_imported(
    shop: Shop, kind: Kind
) -> None:
    odd = [{"id": LONG}, {"id": None}, {"id": ""}, {"id": "a\x00b"}, {"id": "\ud83d"}, {}, None, ["cus_9"], 7]
    fine = customer() if kind == "customer" else subscription()
    await shop.ingest(kind, [*odd, fine], at="2026-06-01")
    assert shop.codes() == ["unexpected-shape"] * len(odd)
    assert list(await shop.accounts()) == ["cus_1"]


async def test_a_customer_becomes_a_billing_contact_with_its_language(shop: Shop) -> None:
    one = customer(email="Desk@Arcade.example", phone="+49 30 5550123", preferred_locales=["de-DE", "en"])
    await shop.ingest("customer", [one, {**customer("cus_2"), "name": None}], at="2026-06-01")
    assert await shop.contacts() == {
        "cus_1": ("cus_1", "desk@arcade.example", "+49 30 5550123", "de-DE", None, True)
    }


async def test_what_a_member_added_to_a_contact_stays_when_stripe_is_read_again(shop: Shop) -> None:
    await shop.ingest("customer", [customer(email="desk@arcade.example")], at="2026-06-01")
    await shop.execute("update contacts set website = 'https://arcade.example', is_billing = false")
    await shop.execute(
        "insert into contacts (workspace_id, id, external_id, account_id, is_billing)"
        " select workspace_id, gen_random_uuid(), 'ours', account_id, true from contacts"
    )
    await shop.ingest("customer", [customer(email="counter@arcade.example")], at="2026-06-02")
    found = await shop.contacts()
    assert found["cus_1"] == (
        "cus_1",
        "counter@arcade.example",
        None,
        None,
        "https://arcade.example",
        False,
    )
    assert found["ours"][-1] is True


async def test_a_wrong_phone_number_is_a_dead_letter_and_costs_neither_the_email_nor_the_old_number(
    shop: Shop,
) -> None:
    await shop.ingest("customer", [customer(phone="+49 30 5550123")], at="2026-06-01")
    await shop.ingest("customer", [customer(email="desk@arcade.example", phone="ask us")], at="2026-06-02")
    assert shop.codes() == ["invalid-phone"]
    assert (await shop.contacts())["cus_1"][1:3] == ("desk@arcade.example", "+49 30 5550123")


async def test_a_subscription_with_a_long_text_is_a_dead_letter(shop: Shop) -> None:
    odd = [
        subscription(LONG),
        subscription("sub_2", items=[{"id": "si_2", "price": price(LONG)}]),
        subscription("sub_3", of=LONG),
    ]
    await shop.ingest("subscription", [*odd, subscription()], at="2026-06-01")
    assert (shop.codes(), await shop.mrr("2026-06-01")) == (["unexpected-shape"] * 3, "10.00")


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        ({"status": "hibernating"}, "unknown-value"),
        ({"items": []}, "no-items"),
        ({"currency": "eur"}, "other-currency"),
        (
            {"discount": {"coupon": {"duration": "forever", "amount_off": 500, "currency": "eur"}}},
            "discount-currency",
        ),
    ],
)
async def test_a_state_that_cannot_be_read_changes_no_figure(
    shop: Shop, odd: dict[str, Any], code: str
) -> None:
    await shop.ingest("subscription", [subscription()], at="2026-02-01")
    await shop.ingest("subscription", [subscription(**odd)], at="2026-03-01")
    assert (await shop.movements(), shop.codes()) == ([("2026-01-01", "new", "10.00")], [code])


async def test_a_subscription_whose_collection_is_paused_counts_and_is_reported(shop: Shop) -> None:
    paused = subscription(pause_collection={"behavior": "void", "resumes_at": None})
    ingester = await shop.ingest("subscription", [paused], at="2026-06-01")
    assert await shop.mrr("2026-06-01") == "10.00"
    assert any(
        "whose collection is paused counts in full until it ends: 1" in each
        for each in ingester.assumptions.sentences()
    )


async def test_a_price_with_tax_of_an_unknown_rate_counts_in_full_and_is_reported(shop: Shop) -> None:
    taxed = subscription(items=[{"id": "si_1", "price": price(tax_behavior="inclusive"), "quantity": 1}])
    ingester = await shop.ingest("subscription", [taxed], at="2026-06-01")
    assert await shop.mrr("2026-06-01") == "10.00"
    assert any(
        "because Stripe does not give the rate: 1" in each for each in ingester.assumptions.sentences()
    )


def with_discount(**coupon: Any) -> dict[str, Any]:
    return {"discount": {"id": "di_1", "coupon": {"duration": "forever", **coupon}}}


async def test_the_discount_of_a_customer_reduces_the_subscription(shop: Shop) -> None:
    await shop.ingest("customer", [customer(**with_discount(percent_off=50))], at="2026-05-01")
    await shop.ingest("subscription", [subscription()], at="2026-06-01")
    assert await shop.mrr("2026-06-01") == "5.00"


async def test_the_subscriptions_of_a_customer_are_due_when_the_discount_changes(shop: Shop) -> None:
    async def due() -> list[str]:
        async with shop.database.workspace(shop.id) as connection:
            return [row.id for row in await store.DUE_CUSTOMERS.all(connection, workspace_id=shop.id)]

    plain, reduced = customer("cus_1"), customer("cus_2", **with_discount(percent_off=50))
    await shop.ingest("customer", [plain, reduced], at="2026-05-01")
    assert await due() == ["cus_2"]
    async with shop.database.workspace(shop.id) as connection:
        await store.DISCOUNTS_APPLIED.run(connection, workspace_id=shop.id, id="cus_2")
    await shop.ingest("customer", [plain, reduced], at="2026-05-02")
    assert await due() == []
    await shop.ingest("customer", [plain, customer("cus_2")], at="2026-05-03")
    assert await due() == ["cus_2"]


async def test_a_change_between_two_readings_counts_from_the_second_and_is_reported(shop: Shop) -> None:
    more = subscription(items=[{"id": "si_sub_1", "price": price(), "quantity": 2}])
    added = {"id": "si_2", "price": price("price_b", 500), "quantity": 1, "created": seconds("2026-02-20")}
    dated = subscription(items=[*more["items"]["data"], added])
    reports = [
        (await shop.ingest("subscription", [shown], at=at)).assumptions.undated
        for shown, at in (
            (subscription(), "2026-02-01"),
            (more, "2026-02-10"),
            (dated, "2026-03-01"),
            (more, "2026-04-01"),
        )
    ]
    assert reports == [0, 1, 0, 1]
    assert await shop.movements() == [
        ("2026-01-01", "new", "10.00"),
        ("2026-02-10", "expansion", "10.00"),
        ("2026-02-20", "expansion", "5.00"),
        ("2026-04-01", "contraction", "-5.00"),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_updates_of_one_second_end_right_in_any_order(shop: Shop, order: Sequence[int]) -> None:
    def update(at_cents: int, before: int | None) -> Event:
        items = [{"id": "si_1", "price": price(f"price_{at_cents}", at_cents), "quantity": 1}]
        previous = before and {"plan": {"object": "plan", "id": f"price_{before}"}}
        data = {"object": subscription(items=items), "previous_attributes": previous}
        shown = {"id": "evt", "type": "customer.subscription.updated", "data": data}
        return read({**shown, "created": seconds("2026-02-01")}, Event)

    chain = [update(1000, 400), update(2500, 1000), update(4000, 2500)]
    await shop.ingest("subscription", [subscription()], at="2026-01-15")
    for event in (chain[number] for number in order):
        await shop.ingest("subscription", [event.state], at="2026-02-01", event=event)
    assert await shop.movements() == [("2026-01-01", "new", "10.00"), ("2026-02-01", "expansion", "30.00")]


async def test_the_tiers_of_a_price_are_those_of_the_plan_that_was_listed(shop: Shop) -> None:
    tiers = [{"up_to": 2, "unit_amount": 700}, {"up_to": None, "unit_amount": 600}]
    tiered = price("price_t", None, billing_scheme="tiered", tiers_mode="graduated")
    await shop.ingest("plan", [{**tiered, "tiers": tiers}], at="2026-05-01")
    items = [{"id": "si_1", "price": tiered, "quantity": 3}]
    await shop.ingest("subscription", [subscription(items=items)], at="2026-06-01")
    assert (await shop.mrr("2026-06-01"), shop.codes()) == ("20.00", [])


async def test_a_trial_given_later_is_read_by_its_own_days(shop: Shop) -> None:
    gift: dict[str, Any] = {"trial_start": seconds("2026-05-15"), "trial_end": seconds("2026-06-15")}
    await shop.ingest("subscription", [subscription(status="trialing", **gift)], at="2026-06-01")
    assert await shop.movements() == [
        ("2026-01-01", "new", "10.00"),
        ("2026-05-15", "churn", "-10.00"),
        ("2026-06-15", "reactivation", "10.00"),
    ]


async def test_who_never_paid_is_a_prospect(shop: Shop) -> None:
    trial = {"trial_start": seconds("2026-05-01"), "trial_end": seconds("2026-05-15")}
    left = {**trial, "status": "canceled", "ended_at": seconds("2026-05-10")}
    start = {"start_date": seconds("2026-05-01")}
    await shop.ingest(
        "subscription",
        [
            subscription("sub_1", of="left", **start, **left),
            subscription("sub_2", of="paused", **start, **trial, status="paused"),
        ],
        at="2026-06-01",
    )
    assert (await shop.accounts(), await shop.movements()) == ({"left": "prospect", "paused": "prospect"}, [])

"""Imports from Stripe's API, tested against localstripe in a separate process on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, LiteralString

import msgspec
import psycopg
import pytest

from keepwell.identity.model import Workspace
from keepwell.importing.service import DryRun, ImportSummary
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events.webhook import receive
from keepwell.importing.stripe.http.client import StripeApi
from keepwell.importing.stripe.sync import dry_run_stripe, import_stripe
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import ExternalServiceError, NotAuthenticated, RateLimited, Unavailable
from keepwell.platform.retry import Patience
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import set_rates
from tests.integration.shops import Shop
from tests.stripe_shop import KEY, StripeShop, running_shop

pytestmark = pytest.mark.anyio

# Stripe's timestamps are whole seconds, so changes within one may be read or not.
LONGER_THAN_A_SECOND = 1.1
LATER = "2025-03-31.basil"
JUNE = 1_750_000_000  # 2025-06-15
QUICK = Patience(
    first_wait=timedelta(milliseconds=5), longest_wait=timedelta(milliseconds=20), jitter=timedelta(0)
)


@pytest.fixture(scope="module")
def running() -> Iterator[StripeShop]:
    with running_shop() as made:
        yield made


@pytest.fixture
def shop(running: StripeShop) -> StripeShop:
    """An empty one."""
    running.empty()
    return running


@pytest.fixture
async def api(shop: StripeShop) -> AsyncIterator[StripeApi]:
    async with StripeApi.open(KEY, base=shop.url, patience=QUICK) as opened:
        yield opened


class Keepwell(Shop):
    """A workspace to import from Stripe into."""

    def __init__(self, *, work: Shop, api: StripeApi) -> None:
        super().__init__(work.database, work.workspace, work.settings, folder=work.export.folder)
        self.api = api
        self.work = msgspec.structs.replace(self.work, currency="USD")

    async def import_stripe(self, *, full: bool = False) -> ImportSummary:
        return await import_stripe(self.work, self.api, full=full)

    async def dry_run_stripe(self) -> DryRun:
        return await dry_run_stripe(self.work, self.api, full=False)

    async def rows(self, sql: LiteralString) -> list[tuple[Any, ...]]:
        async with self.database.workspace(self.workspace.id) as connection:
            return await (await connection.execute(sql)).fetchall()

    async def stored_subscriptions(self) -> list[tuple[Any, ...]]:
        return await self.rows(
            "select plan, seats, amount::text, ends_on is null from subscriptions"
            " where ends_on is distinct from starts_on order by starts_on, seats, amount"
        )


@pytest.fixture
def keepwell(
    database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path, api: StripeApi
) -> Keepwell:
    return Keepwell(work=Shop(database, workspace, settings_of_test, folder=tmp_path / "unused"), api=api)


def counts(summary: ImportSummary) -> dict[str, tuple[int, int, int]]:
    """Counts for each entity: read, imported, dead-lettered."""
    return {name: (each.read, each.imported, each.dead_lettered) for name, each in summary.entities.items()}


async def test_the_first_import_reads_everything(shop: StripeShop, keepwell: Keepwell) -> None:
    plan, customer = shop.plan("Team", 2900), shop.customer("A Ltd")
    shop.subscribe(customer, plan, quantity=3, backdate_start_date=JUNE)
    charge = shop.listed("charges")[0]
    shop.create("refunds", charge=charge["id"], amount=500)
    summary = await keepwell.import_stripe()
    assert counts(summary) == {
        "plans": (1, 1, 0),
        "accounts": (1, 1, 0),
        "contacts": (0, 1, 0),
        # Shown by the customer and by the charge, and no object of its own.
        "payment_methods": (0, 1, 0),
        "subscriptions": (1, 1, 0),
        "invoices": (1, 1, 0),
        "charges": (1, 1, 0),
        "refunds": (1, 1, 0),
    }
    assert await keepwell.stored_subscriptions() == [(plan, 3, "87.00", True)]
    assert await keepwell.rows(
        "select p.last4, p.exp_month, p.exp_year, p.gateway, p.is_default, c.payment_method_id = p.id"
        " from payment_methods p, charges c"
    ) == [("4242", 12, 2040, "stripe", True, True)]
    assert await keepwell.rows("select name, amount::text, amount_per, currency from plans") == [
        ("Team", "29.00", "month", "USD")
    ]
    assert await keepwell.rows("select status, total::text, amount_paid::text from invoices") == [
        ("paid", "87.00", "87.00")
    ]
    assert await keepwell.rows("select amount::text from refunds") == [("5.00",)]


async def test_a_second_import_reads_events_only_and_changes_nothing(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 2900))
    shop.wait(LONGER_THAN_A_SECOND)
    await keepwell.import_stripe()
    asked = shop.requests("/v1/customers")
    again = await keepwell.import_stripe()
    assert not again.changed
    assert shop.requests("/v1/customers") == asked
    assert shop.requests("/v1/events") > 0


async def test_all_pages_are_read(shop: StripeShop, keepwell: Keepwell) -> None:
    for number in range(205):
        shop.create("customers", name=f"Customer {number}")
    assert counts(await keepwell.import_stripe())["accounts"] == (205, 205, 0)
    assert shop.requests("/v1/customers") - 205 == 3


async def test_an_event_ends_the_old_price_and_starts_the_new_one(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": large}])
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", False), (large, 1, "50.00", True)]


async def test_events_import_a_cancellation_and_a_new_customer(shop: StripeShop, keepwell: Keepwell) -> None:
    plan = shop.plan("Team", 1000)
    made = shop.subscribe(shop.customer("A Ltd"), plan, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.delete(f"subscriptions/{made['id']}")
    shop.subscribe(shop.customer("B Ltd"), plan, quantity=2, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(plan, 1, "10.00", False), (plan, 2, "20.00", True)]
    assert await keepwell.rows("select name from accounts order by name") == [("A Ltd",), ("B Ltd",)]


async def test_an_event_imports_a_refund(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 2900))
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.create("refunds", charge=shop.listed("charges")[0]["id"], amount=500)
    await keepwell.import_stripe()
    assert await keepwell.rows("select amount::text from refunds") == [("5.00",)]


async def test_events_of_a_new_price_and_a_renamed_product_update_plan_names(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    shop.plan("Team", 2900, nickname="monthly")
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    product = shop.listed("products")[0]["id"]
    shop.change(f"products/{product}", name="Crew")
    shop.plan("Solo", 900)
    await keepwell.import_stripe()
    assert await keepwell.rows("select name from plans order by name") == [("Crew monthly",), ("Solo",)]


async def test_an_event_in_a_later_api_version_imports_the_current_object(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    small, middle, large = shop.plan("Small", 1000), shop.plan("Middle", 2000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    path = f"subscriptions/{made['id']}"
    for plan in (middle, large):
        shop.change(path, items=[{"plan": plan}])
    shop.send_events_in(LATER)
    asked = shop.requests(f"/v1/{path}")
    summary = await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", False), (large, 1, "50.00", True)]
    assert shop.requests(f"/v1/{path}") - asked == 1
    assert any("later version" in each for each in summary.assumptions)


async def test_a_webhook_in_a_later_api_version_is_kept_until_an_import_fetches_the_object(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": large}])
    shop.send_events_in(LATER)
    event = read(shop.listed("events")[0], Event)
    async with keepwell.database.workspace(keepwell.workspace.id) as connection:
        received = await receive(
            connection,
            event,
            workspace_id=keepwell.workspace.id,
            runtime=keepwell.work.runtime,
            bus=keepwell.work.bus,
        )
    assert received.status == "deferred"
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", True)]
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", False), (large, 1, "50.00", True)]


async def test_no_transaction_is_open_while_an_object_is_fetched(
    shop: StripeShop, keepwell: Keepwell, conninfo: str
) -> None:
    open_transactions: list[int] = []

    class Watching(StripeApi):
        async def object(self, path: str, **parameters: Any) -> dict[str, Any]:
            with psycopg.connect(conninfo) as connection:
                query = "select count(*)::int from pg_stat_activity where datname = current_database()"
                found = connection.execute(f"{query} and state = 'idle in transaction'").fetchone()
            assert found is not None
            open_transactions.append(found[0])
            return await super().object(path, **parameters)

    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.send_events_in(LATER)
    for plan in (small, large):
        shop.change(f"subscriptions/{made['id']}", items=[{"plan": plan}])
    event = read(shop.listed("events")[0], Event)
    async with keepwell.database.workspace(keepwell.workspace.id) as connection:
        await receive(
            connection,
            event,
            workspace_id=keepwell.workspace.id,
            runtime=keepwell.work.runtime,
            bus=keepwell.work.bus,
        )
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": small}])
    async with Watching.open(KEY, base=shop.url, patience=QUICK) as keepwell.api:
        await keepwell.import_stripe()
    # For the event that was kept, and for those that Stripe lists.
    assert len(open_transactions) > 1
    assert set(open_transactions) == {0}


async def test_a_full_import_after_events_changes_nothing(shop: StripeShop, keepwell: Keepwell) -> None:
    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": large}])
    await keepwell.import_stripe()
    stored_subscriptions = await keepwell.stored_subscriptions()
    again = await keepwell.import_stripe(full=True)
    assert again.entities["subscriptions"].imported == 0
    assert await keepwell.stored_subscriptions() == stored_subscriptions


async def test_a_metered_price_counts_as_zero_and_is_listed_as_an_assumption(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    metered = shop.plan("Metered", 5, usage_type="metered")
    shop.subscribe(shop.customer("A Ltd"), metered)
    summary = await keepwell.import_stripe()
    assert [(plan, amount) for plan, _, amount, _ in await keepwell.stored_subscriptions()] == [
        (metered, "0")
    ]
    assert any("billed by usage counts as zero" in each for each in summary.assumptions)
    assert keepwell.dead_letters() == []


# Without a tier for larger quantities the price is unknown.
TIERS = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "tiers": [{"up_to": 5, "unit_amount": 700}],
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("name", "fields"), [("Tiered", TIERS), ("Metered", {"usage_type": "metered"})])
async def test_a_move_to_an_unreadable_price_is_not_churn(
    shop: StripeShop, keepwell: Keepwell, *, name: str, fields: dict[str, Any], full: bool
) -> None:
    team, unreadable = shop.plan("Team", 1000), shop.plan(name, 5, **fields)
    customer = shop.customer("A Ltd")
    made = shop.subscribe(customer, team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": unreadable}])
    summary = await keepwell.import_stripe(full=full)
    assert await keepwell.stored_subscriptions() == [(team, 1, "10.00", True)]
    assert [kind for _, kind in await keepwell.movements()] == ["new"]
    ((source, _, code, field),) = keepwell.dead_letters()
    assert (source, code) == ("stripe:subscription", f"{name.lower()}-price")
    since, why = (await keepwell.uncertain())[customer]
    assert since == datetime.now(UTC).date().isoformat()
    assert why.startswith(f"{made['id']}: {field}: ")
    assert any("continues at its last known price" in each for each in summary.assumptions)


async def test_a_readable_price_clears_the_mark_and_undoing_it_restores_the_mark(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    team, tiered, large = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    for plan in (tiered, large):
        shop.wait(LONGER_THAN_A_SECOND)
        shop.change(f"subscriptions/{made['id']}", items=[{"plan": plan}])
        marked = await keepwell.uncertain()
        last = await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(team, 1, "10.00", False), (large, 1, "50.00", True)]
    assert await keepwell.uncertain() == {}
    await keepwell.undo(last.id)
    assert await keepwell.uncertain() == marked != {}
    assert await keepwell.stored_subscriptions() == [(team, 1, "10.00", True)]


async def test_undoing_the_import_that_marked_an_account_removes_the_mark(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    team, tiered = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": tiered}])
    before = await keepwell.state()
    await keepwell.undo((await keepwell.import_stripe()).id)
    assert await keepwell.state() == before


async def test_reading_the_same_state_again_keeps_the_mark(shop: StripeShop, keepwell: Keepwell) -> None:
    team, tiered = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": tiered}])
    await keepwell.import_stripe()
    before = await keepwell.state()
    assert not (await keepwell.import_stripe(full=True)).changed
    assert await keepwell.state() == before


async def test_cancelling_an_unreadable_subscription_is_churn(shop: StripeShop, keepwell: Keepwell) -> None:
    team, tiered = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": tiered}])
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.delete(f"subscriptions/{made['id']}")
    await keepwell.import_stripe()
    assert [kind for _, kind in await keepwell.movements()] == ["new", "churn"]
    assert await keepwell.uncertain() == {}


async def test_a_currency_without_a_rate_is_a_dead_letter(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000, currency="eur"))
    summary = await keepwell.import_stripe()
    assert summary.entities["subscriptions"].reasons == {"no-exchange-rate": 1}
    assert await keepwell.unrated(datetime.now(UTC).date()) == {"EUR": 1}


async def test_a_subscription_that_waited_for_a_rate_is_read_by_the_next_import(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    plan = shop.plan("Team", 1000, currency="eur")
    shop.subscribe(shop.customer("A Ltd"), plan, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    async with keepwell.database.workspace(keepwell.workspace.id) as connection:
        rate = DatedRate("EUR", date(2025, 1, 1), Decimal("1.10"))
        await set_rates(connection, [rate], workspace_id=keepwell.workspace.id, today=date(2026, 1, 1))
    shop.wait(LONGER_THAN_A_SECOND)
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(plan, 1, "10.00", True)]
    assert await keepwell.mrr(date(2025, 7, 1)) == ("11.00", 1)
    assert await keepwell.uncertain() == {}


async def test_an_unlisted_customer_becomes_an_account(shop: StripeShop, keepwell: Keepwell) -> None:
    customer = shop.customer("Gone Ltd")
    shop.subscribe(customer, shop.plan("Team", 1000))
    shop.delete(f"customers/{customer}")
    summary = await keepwell.import_stripe()
    assert await keepwell.rows("select name from accounts") == [(customer,)]
    assert any("no longer lists" in each for each in summary.assumptions)


async def test_assumptions_are_listed(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    assumptions = (await keepwell.import_stripe()).assumptions
    assert any("an earlier price is unknown" in each and each.endswith(": 1") for each in assumptions)


async def test_a_dry_run_shows_changes_without_making_them(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    found = await keepwell.dry_run_stripe()
    assert counts(found.summary)["subscriptions"] == (1, 1, 0)
    assert await keepwell.stored_subscriptions() == []
    assert await keepwell.rows("select read_at from stripe_links") == []


async def test_a_wrong_key_is_refused_at_once_and_never_shown(keepwell: Keepwell, shop: StripeShop) -> None:
    async with StripeApi.open("pk_test_canary_9999", base=shop.url, patience=QUICK) as api:
        with pytest.raises(NotAuthenticated) as caught:
            await import_stripe(keepwell.work, api, full=False)
    assert "canary" not in f"{caught.value}{caught.value.hint}"
    assert shop.requests("/v1/plans") == 1


@pytest.mark.parametrize("kind", ["not-stripe", "page"])
async def test_an_answer_that_is_not_from_stripe_is_reported_as_such(
    keepwell: Keepwell, shop: StripeShop, kind: str
) -> None:
    shop.fail("/v1/plans", kind)
    with pytest.raises(ExternalServiceError, match="not Stripe"):
        await keepwell.import_stripe()


async def test_a_too_long_retry_after_ends_the_import_at_once(keepwell: Keepwell, shop: StripeShop) -> None:
    shop.fail("/v1/plans", "429-for-ever")
    with pytest.raises(RateLimited):
        await keepwell.import_stripe()
    assert shop.requests("/v1/plans") == 1


async def test_an_outage_ends_the_import_and_the_next_one_resumes(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    shop.fail("/v1/invoices", "500", times=QUICK.attempts)
    with pytest.raises(Unavailable, match="Stripe answers 500"):
        await keepwell.import_stripe()
    assert [each.status for each in await keepwell.imports()] == ["failed"]
    asked = shop.requests("/v1/customers")
    assert counts(await keepwell.import_stripe()) == {
        "invoices": (1, 1, 0),
        "payment_methods": (0, 0, 0),
        "charges": (1, 1, 0),
        "refunds": (0, 0, 0),
    }
    assert shop.requests("/v1/customers") == asked


async def test_an_undone_import_is_read_again(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    done = await keepwell.import_stripe()
    await keepwell.undo(done.id)
    assert await keepwell.stored_subscriptions() == []
    assert counts(await keepwell.import_stripe())["subscriptions"] == (1, 1, 0)

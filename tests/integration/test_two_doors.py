"""The same subscriptions by Stripe's export files and by its API: one history, counted once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from keepwell.identity.model import Workspace
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.shops import Shop as Files
from tests.integration.test_import_stripe_export import HEADER, StripeExport
from tests.integration.test_stripe_states import Shop, customer, price, seconds, subscription, with_discount

pytestmark = pytest.mark.anyio

NEW = ("2026-01-01", "new", "10.00")
MORE = ("2026-03-05", "expansion", "15.00")


class Doors:
    """A workspace with both doors."""

    def __init__(self, export: StripeExport, shop: Shop) -> None:
        self.shop = shop
        self.export = export
        export.texts = {"customers.csv": "id,Name,Created (UTC)\ncus_1,cus_1,2025-01-01\n"}

    async def by_file(self, row: str = "price_m,1,usd,month,10.00,active,2026-01-01,,,,,,,,") -> None:
        self.export.texts["subscriptions.csv"] = f"{HEADER}sub_1,cus_1,{row}\n"
        await self.export.run()

    async def by_list(self, at: str, **fields: Any) -> None:
        await self.shop.ingest("customer", [customer()], at=at)
        await self.shop.ingest("subscription", [subscription(**fields)], at=at)

    async def by_webhook(self, at: str, **fields: Any) -> None:
        data = {"object": subscription(**fields), "previous_attributes": {"status": "active"}}
        shown = {"id": "evt", "type": "customer.subscription.updated", "created": seconds(at), "data": data}
        event = read(shown, Event)
        await self.shop.ingest("subscription", [event.state], at=at, event=event)


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
def doors(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Doors:
    files = Files(database, workspace, settings_of_test, folder=tmp_path / "unused")
    return Doors(StripeExport(files, tmp_path / "stripe"), Shop(database, workspace))


LARGE = {"items": [{"id": "si_sub_1", "price": price("price_l", 2500), "quantity": 1}]}


async def test_a_file_and_then_the_api_are_one_history(doors: Doors) -> None:
    await doors.by_file()
    await doors.by_list("2026-02-10")
    assert await doors.shop.movements() == [NEW]
    await doors.by_list("2026-03-05", **LARGE)
    await doors.by_file("price_l,1,usd,month,25.00,active,2026-01-01,,,,,,,,")
    assert await doors.shop.movements() == [NEW, MORE]


async def test_a_file_and_then_a_webhook_and_a_list_keep_the_old_price(doors: Doors) -> None:
    await doors.by_file()
    await doors.by_webhook("2026-03-05", **LARGE)
    assert await doors.shop.movements() == [NEW, MORE]
    await doors.by_file()
    await doors.by_list("2026-03-06", **LARGE)
    assert (await doors.shop.movements(), await doors.shop.mrr("2026-03-10")) == ([NEW, MORE], "25.00")


async def test_a_webhook_after_a_list_and_a_file_keeps_the_old_price(doors: Doors) -> None:
    await doors.by_list("2026-02-10")
    await doors.by_file("price_l,1,usd,month,25.00,active,2026-01-01,,,,,,,,")
    await doors.by_webhook("2026-03-05", **LARGE)
    await doors.by_file("price_l,1,usd,month,25.00,active,2026-01-01,,,,,,,,")
    assert await doors.shop.movements() == [NEW, MORE]


@pytest.mark.parametrize(
    ("row", "fields", "moved"),
    [
        ("active,2026-01-01,,,,,,,,", with_discount(percent_off=50), [("2026-01-01", "new", "5.00")]),
        (
            "trialing,2026-01-01,,,,2026-01-01,2026-01-15,,,",
            {"trial_start": seconds("2026-01-01"), "trial_end": seconds("2026-02-15"), "status": "trialing"},
            [("2026-02-15", "new", "10.00")],
        ),
        (
            "active,2026-01-01,2026-02-01,2026-03-01,true,,,,,",
            {},
            [NEW],
        ),
        (
            "active,2026-01-01,,,,,,,,",
            {"status": "canceled", "ended_at": seconds("2026-02-20")},
            [NEW, ("2026-02-20", "churn", "-10.00")],
        ),
    ],
    ids=["coupon", "extended trial", "revoked end", "ended"],
)
async def test_what_a_file_does_not_tell_is_put_right_by_the_api_if_the_price_is_the_same(
    doors: Doors, row: str, fields: dict[str, Any], moved: list[tuple[str, str, str]]
) -> None:
    await doors.by_file(f"price_m,1,usd,month,10.00,{row}")
    await doors.by_list("2026-03-05", **fields)
    assert await doors.shop.movements() == moved


async def test_a_broken_row_of_what_the_api_knows_changes_nothing(doors: Doors) -> None:
    await doors.by_list("2026-02-10")
    await doors.by_file("price_m,1,usd,month,10.00,active")
    assert await doors.shop.movements() == [NEW]
    assert not await doors.export.shop.uncertain()


async def test_a_broken_row_of_a_file_continues_nothing_that_the_api_has_ended(doors: Doors) -> None:
    await doors.by_list("2026-03-05", status="canceled", ended_at=seconds("2026-02-20"))
    await doors.by_file(
        "price_m,1,usd,month,10.00,active,2026-01-01,,,,,,,,\nsub_9,cus_1,price_m,1,usd,month,,active,2026-02-25,,,,,,,,"
    )
    assert await doors.shop.movements() == [NEW, ("2026-02-20", "churn", "-10.00")]
    assert list(await doors.export.shop.uncertain()) == ["cus_1"]


async def test_a_subscription_is_the_files_again_after_the_reading_was_undone(doors: Doors) -> None:
    files = doors.export.shop
    await doors.by_file()
    await doors.by_list("2026-02-10", **with_discount(percent_off=50))
    # As an import from Stripe leaves them.
    await files.execute(
        sql.SQL(
            "update imports set source = 'stripe', status = 'finished', finished_at = now() where source = 'test'"
        )
    )
    for each in [each for each in await files.imports() if each.source == "stripe"]:
        await files.undo(each.id)
    await doors.by_file("price_l,1,usd,month,25.00,active,2026-01-01,,,,,,,,")
    assert await doors.shop.movements() == [("2026-01-01", "new", "25.00")]

"""Pages of Stripe's lists with one odd object, and what an import reads again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.importing.service import ImportSummary
from keepwell.importing.stripe.http.client import StripeApi
from keepwell.importing.stripe.sync import import_stripe
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.shops import Shop
from tests.integration.test_stripe_states import customer, price, subscription, with_discount
from tests.stripe_lists import StripeLists, stripe_lists

pytestmark = pytest.mark.anyio

DEEP = 100_000


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
def lists() -> Iterator[StripeLists]:
    with stripe_lists() as served:
        served.lists = {"plans": [price()], "customers": [customer()], "subscriptions": [subscription()]}
        yield served


@pytest.fixture
async def api(lists: StripeLists) -> AsyncIterator[StripeApi]:
    async with StripeApi.open("sk_test", base=lists.url) as opened:
        yield opened


class Importing(Shop):
    """A workspace to import into."""

    api: StripeApi

    async def import_stripe(self) -> ImportSummary:
        return await import_stripe(msgspec.structs.replace(self.work, currency="USD"), self.api, full=False)

    async def mrr_now(self) -> str:
        return (await self.mrr(datetime.now(UTC).date()))[0]


@pytest.fixture
def shop(
    database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path, api: StripeApi
) -> Importing:
    made = Importing(database, workspace, settings_of_test, folder=tmp_path / "unused")
    made.api = api
    return made


def text_with(shown: dict[str, Any], field: str, value: str) -> str:
    """The object as JSON, with the text `value` as the value of a field."""
    return json.dumps({**shown, field: None}).replace(f'"{field}": null', f'"{field}": {value}')


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("metadata", "[" * DEEP + "]" * DEEP, None),
        ("metadata", '{"a": ' * DEEP + '"]}"' + "}" * DEEP, None),
        ("metadata", json.dumps({"note": "x" * 8_000_000}), None),
        ("metadata", "9" * 5_000, None),
        ("metadata", "1e400", None),
        ("start_date", "9" * 5_000, "unexpected-shape"),
        ("status", json.dumps("x" * 8_000_000), "unexpected-shape"),
    ],
    ids=[
        "deep list",
        "deep object",
        "enormous text",
        "long number",
        "large number",
        "long day",
        "long status",
    ],
)
async def test_one_odd_object_of_a_page_stops_nothing(
    shop: Importing, lists: StripeLists, field: str, value: str, code: str | None
) -> None:
    lists.lists["subscriptions"].insert(0, text_with(subscription("sub_2"), field, value))
    summary = await shop.import_stripe()
    assert summary.entities["subscriptions"].reasons == ({code: 1} if code else {})
    assert await shop.mrr_now() == ("10.00" if code else "20.00")


def changed(kind: str, shown: dict[str, Any]) -> dict[str, Any]:
    """An event of now."""
    created = int(datetime.now(UTC).timestamp())
    return {"id": f"evt_{created}", "type": f"{kind}.updated", "created": created, "data": {"object": shown}}


async def test_a_discount_of_a_customer_is_taken_off_by_the_next_import(
    shop: Importing, lists: StripeLists
) -> None:
    lists.lists["subscriptions"].append(subscription("sub_2", of="cus_2"))
    await shop.import_stripe()
    reduced = customer(**with_discount(percent_off=50))
    lists.lists["customers"], lists.lists["events"] = [reduced], [changed("customer", reduced)]
    await shop.import_stripe()
    assert await shop.mrr_now() == "15.00"

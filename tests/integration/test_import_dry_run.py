from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.identity.model import Workspace
from keepwell.importing.import_log.model import ChangeView
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    return Shop(database, workspace, settings_of_test, folder=tmp_path / "export")


async def test_a_dry_run_in_an_empty_workspace_counts_everything_and_changes_nothing(shop: Shop) -> None:
    before = await shop.state()
    found = await shop.dry_run()
    counts = found.summary.entities
    assert {name: each.imported for name, each in counts.items()} == {
        "accounts": 3,
        "subscriptions": 4,
        "events": 3,
    }
    assert await shop.state() == before
    assert await shop.imports() == []
    assert shop.dead_letters() == []


async def test_a_dry_run_shows_the_fields_that_would_change_in_each_row(shop: Shop) -> None:
    await shop.import_export()
    before = await shop.state()
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace("Pro,3,100", "Pro,4,150")
    shop.export.accounts.append("A-4,Delta,ES")
    found = await shop.dry_run()
    assert [ChangeView(each.entity, each.external_id, each.fields) for each in found.changes] == [
        ChangeView("subscriptions", "S-1", {"seats": [3, 4], "amount": [100, 150]})
    ]
    counts = found.summary.entities
    assert (counts["accounts"].imported, counts["accounts"].unchanged) == (1, 3)
    assert (counts["subscriptions"].updated, counts["subscriptions"].unchanged) == (1, 3)
    assert await shop.state() == before


async def test_a_dry_run_shows_dead_letters_without_storing_them(shop: Shop) -> None:
    shop.export.subscriptions[4] = shop.export.subscriptions[4].replace(",20,", ",-20,")
    found = await shop.dry_run()
    assert [(each.source, each.line, each.code) for each in found.dead_letters] == [
        ("subscriptions.csv", 5, "negative-amount")
    ]
    assert shop.dead_letters() == []


async def test_one_column_in_a_wrong_format_does_not_hide_the_other_dead_letters(shop: Shop) -> None:
    shop.export.accounts += [f"A-{number},Acme,US" for number in range(4, 50)]
    shop.export.mapping = shop.export.mapping.replace("country: country", "signed_up_on: country")
    shop.export.events.append("E-9,S-1,login,31.12.2024,1")
    found = await shop.dry_run()
    assert {(each.source, each.field) for each in found.dead_letters} == {
        ("accounts.csv", "signed_up_on"),
        ("subscriptions.csv", "account"),
        ("events.csv", "account"),
        ("events.csv", "at"),
    }


async def test_an_import_does_what_its_dry_run_showed(shop: Shop) -> None:
    expected = (await shop.dry_run()).summary
    done = await shop.import_export()
    assert done.entities == expected.entities
    assert done.assumptions == expected.assumptions

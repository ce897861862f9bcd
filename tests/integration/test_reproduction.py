"""A model that is trained again as of its own clock is the same, bit by bit; if it is not, the input that changed is named."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from pyarrow import parquet

from keepwell.churn import training_service
from keepwell.churn.export.model import Manifest
from keepwell.churn.export.service import ExportContext, export
from keepwell.churn.history import TrainingContext
from keepwell.churn.nightly.service import make_run
from keepwell.churn.reproduction.model import NotReproducible, Reproduction
from keepwell.churn.reproduction.service import reproduce
from keepwell.identity.model import Workspace
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import CorruptData
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import SilentProgress
from tests.integration.exports import Export
from tests.integration.records import Client
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

_ACCOUNTS = 150
_START = date(2024, 1, 1)


def fill(export: Export) -> None:
    """A business in which every third account leaves, the cheap ones more often, and all use it until they do."""
    rng = random.Random(3)
    export.accounts, export.subscriptions, export.events = (
        lines[:1] for lines in (export.accounts, export.subscriptions, export.events)
    )
    for number in range(_ACCOUNTS):
        price = rng.choice([20, 90])
        leaves = rng.random() < (0.6 if price == 20 else 0.25)
        end = _START + timedelta(days=rng.randrange(60, 330)) if leaves else None
        export.accounts.append(f"A-{number},Account {number},US")
        export.subscriptions.append(
            f"S-{number},A-{number},Pro,{1 + number % 3},{price},month,USD,{_START},{end or ''},false"
        )
        last = ((end or date(2024, 12, 1)) - _START).days
        for day in range(number % 5, last, 9):
            export.events.append(f"E-{number}-{day},S-{number},login,{_START + timedelta(days=day)},1")


class Trained:
    """A shop with its first model."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.work = TrainingContext(
            database=shop.database,
            lake=shop.settings.lake,
            holdout=Holdout(b"test"),
            clock=SystemClock(),
            progress=SilentProgress(),
        )

    async def again(self) -> Reproduction:
        return await reproduce(self.work, workspace_id=self.shop.workspace.id, version=1)

    async def export(self, folder: Path) -> Manifest:
        work = ExportContext(
            database=self.shop.database,
            lake=self.shop.settings.lake,
            key=b"test",
            key_kept=False,
            clock=SystemClock(),
            progress=SilentProgress(),
        )
        return await export(work, folder, workspace_id=self.shop.workspace.id)


@pytest.fixture
async def trained(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path
) -> Trained:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    fill(shop.export)
    await shop.import_export()
    trained = Trained(shop)
    result = await training_service.train(trained.work, workspace_id=workspace.id)
    assert result.report is not None
    return trained


async def test_a_model_is_equal_until_a_record_is_changed_by_hand_and_a_person_is_erased(
    trained: Trained, client: Client, tmp_path: Path
) -> None:
    """One test, since the business is the costly part: each step adds one change."""
    found = await trained.again()
    assert (found.is_equal, found.model_is_equal, found.accounts_that_differ) == (True, True, 0)
    assert found.accounts > 50
    assert found.first_difference is None

    # Fewer rows in a file that can still be read: the manifest says what was built, not what is there.
    file = max(trained.shop.settings.lake.rglob("*.parquet"), key=lambda each: each.stat().st_size)
    content = file.read_bytes()
    parquet.write_table(parquet.read_table(file).slice(0, 1), file)
    with pytest.raises(CorruptData, match=f"{file.name}: its bytes are not those that were built"):
        await trained.again()
    with pytest.raises(CorruptData, match=f"{file.name}: its bytes are not those that were built"):
        await training_service.train(trained.work, workspace_id=trained.shop.workspace.id)
    with pytest.raises(CorruptData, match=f"{file.name}: its bytes are not those that were built"):
        await make_run(trained.work, workspace_id=trained.shop.workspace.id, cause="manual")
    with pytest.raises(CorruptData, match=f"{file.name}: its bytes are not those that were built"):
        await trained.export(tmp_path / "for-analysts")
    assert not (tmp_path / "for-analysts").exists()
    file.write_bytes(content)

    # A later import: a new account, an end that nobody knew, and events of days that were read.
    files = trained.shop.export
    files.accounts.append("A-new,New,US")
    files.subscriptions.append("S-new,A-new,Pro,1,20,month,USD,2024-01-01,2024-06-01,false")
    stayed = next(n for n, line in enumerate(files.subscriptions) if ",,false" in line)
    files.subscriptions[stayed] = files.subscriptions[stayed].replace(",,false", ",2024-08-01,false")
    files.events += [f"E-new-{day},S-new,login,2024-02-0{day},1" for day in range(1, 9)]
    await trained.shop.import_export()
    found = await trained.again()
    assert found.is_equal, found
    assert found.first_difference is None
    assert any("imports have written since" in note for note in found.notes)

    rows = (await client.get("/v1/subscriptions", params={"limit": 200})).json()["items"]
    changed = next(row for row in rows if row["ends_on"] is None)
    answer = await client.patch(
        f"/v1/subscriptions/{changed['id']}", json={"ends_on": "2024-07-01"}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text
    found = await trained.again()
    assert not found.is_equal
    assert found.first_difference == "subscriptions"
    assert changed["id"] in str(found.inputs[0].why)

    person = rows[5]["account_id"]
    await client.post(f"/v1/accounts/{person}/erasure", headers={"If-Match": "*"})
    async with trained.shop.database.workspace(trained.shop.workspace.id) as connection:
        # The server of the tests has a clock of its own, which is behind that of the training.
        await connection.execute("update erasures set erased_at = now()")
    found = await trained.again()
    assert f"the erasure log has persons erased since: account {person}" in str(found.inputs[0].why)


async def test_a_model_of_a_release_that_kept_no_provenance_says_so(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path
) -> None:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            """
            insert into churn_models (workspace_id, version, trained_at, horizon_days, signal, statement, base_rate, evaluation)
            values (%s, 1, now(), 30, false, 'Tested.', 0.1,
                    '{"held_out_from": "2026-01-01", "snapshots": 0, "churned": 0}')
            """,
            [workspace.id],
        )
        await connection.execute(
            """
            insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of)
            values (%s, 1, current_date, 'training', 'scored', now(), 1, current_date)
            """,
            [workspace.id],
        )
    with pytest.raises(NotReproducible, match="earlier release"):
        await Trained(shop).again()

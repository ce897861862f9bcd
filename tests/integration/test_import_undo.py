from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from psycopg import sql

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.churn import service as churn
from keepwell.churn.save_list import SaveList
from keepwell.identity.model import Workspace
from keepwell.importing.import_log.model import NotUndoable
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import Conflict, NotFound
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    return Shop(database, workspace, settings_of_test, folder=tmp_path / "export")


async def test_undoing_the_first_import_leaves_the_workspace_empty(shop: Shop) -> None:
    before = await shop.state()
    summary = await shop.import_export()
    undone = await shop.undo(summary.id)
    assert undone.deleted == {"subscriptions": 4, "accounts": 3, "plans": 3}
    assert await shop.state() == before


async def test_undoing_a_later_import_restores_changed_rows(shop: Shop) -> None:
    await shop.import_export()
    before = await shop.state()
    shop.export.accounts[1] = "A-1,Acme Limited,GB"
    shop.export.accounts.append("A-4,Delta,ES")
    shop.export.subscriptions[2] = shop.export.subscriptions[2].replace("A-2", "A-4")
    shop.export.subscriptions.append("S-5,A-3,Pro,2,80,month,USD,2024-05-01,,false")
    undone = await shop.undo((await shop.import_export()).id)
    assert undone.restored == {"accounts": 1, "subscriptions": 1}
    assert undone.deleted == {"subscriptions": 1, "accounts": 1}
    assert await shop.state() == before


async def test_imports_of_the_same_rows_are_undone_newest_first(shop: Shop) -> None:
    empty = await shop.state()
    first = await shop.import_export()
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ",150,")
    second = await shop.import_export()
    with pytest.raises(NotUndoable, match=f"subscriptions 'S-1' was changed since by the import {second.id}"):
        await shop.undo(first.id)
    await shop.undo(second.id)
    await shop.undo(first.id)
    assert await shop.state() == empty


async def test_an_import_cannot_be_undone_once_a_later_row_refers_to_its_account(shop: Shop) -> None:
    first = await shop.import_export()
    shop.export.subscriptions.append("S-5,A-3,Solo,2,80,month,USD,2024-05-01,,false")
    await shop.import_export()
    before = await shop.state()
    with pytest.raises(NotUndoable, match="subscriptions 'S-5' depends on accounts 'A-3'"):
        await shop.undo(first.id)
    assert await shop.state() == before


async def test_an_import_cannot_be_undone_once_one_of_its_rows_was_edited(shop: Shop) -> None:
    summary = await shop.import_export()
    await shop.execute(sql.SQL("update accounts set name = 'Beta Limited' where external_id = 'A-2'"))
    with pytest.raises(NotUndoable, match="accounts 'A-2' was changed since"):
        await shop.undo(summary.id)


async def test_an_import_cannot_be_undone_once_one_of_its_rows_was_deleted(shop: Shop) -> None:
    summary = await shop.import_export()
    await shop.execute(sql.SQL("delete from subscriptions where external_id = 'S-3'"))
    with pytest.raises(NotUndoable, match="subscriptions 'S-3' was deleted since"):
        await shop.undo(summary.id)


async def test_an_import_can_be_undone_after_a_training_scored_its_accounts(shop: Shop) -> None:
    before = await shop.state()
    summary = await shop.import_export()
    await shop.execute(
        sql.SQL(
            """
            insert into churn_models (workspace_id, version, trained_at, horizon_days, signal, statement, base_rate, evaluation)
            select id, 1, now(), 30, false, '', 0.1, '{"held_out_from": "2024-05-01", "snapshots": 0, "churned": 0}'
            from workspaces where id = app_workspace()
            """
        )
    )
    await shop.execute(
        sql.SQL(
            """
            insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of)
            select id, 1, '2024-06-01', 'training', 'scored', now(), 1, '2024-06-01' from workspaces where id = app_workspace()
            """
        )
    )
    await shop.execute(
        sql.SQL(
            """
            insert into churn_run_scores (workspace_id, run_number, rank, account_id, plan, mrr, probability, revenue_at_risk, kind,
                                          reasons, is_held, is_moment)
            select workspace_id, 1, row_number() over (), id, 'Solo', 10, 0.1, 1, 'voluntary', '[]', false, true from accounts
            """
        )
    )
    assert (await save_list(shop)).items
    await shop.undo(summary.id)
    assert await shop.state() == before
    after = await save_list(shop)
    assert (after.items, after.outdated) == ([], True)


async def save_list(shop: Shop) -> SaveList:
    async with shop.database.workspace(shop.workspace.id) as connection:
        found, _ = await churn.save_list(connection, workspace_id=shop.workspace.id, limit=10)
        return found


async def test_an_import_cannot_be_undone_twice(shop: Shop) -> None:
    summary = await shop.import_export()
    await shop.undo(summary.id)
    with pytest.raises(Conflict, match="undone already"):
        await shop.undo(summary.id)


async def test_an_undone_import_can_be_repeated(shop: Shop) -> None:
    await shop.undo((await shop.import_export()).id)
    counts = (await shop.import_export()).entities
    assert {name: (each.imported, each.unchanged) for name, each in counts.items()} == {
        "accounts": (3, 0),
        "subscriptions": (4, 0),
        "events": (0, 3),
    }


async def test_an_unknown_import_is_reported_by_id(shop: Shop) -> None:
    unknown = uuid4()
    with pytest.raises(NotFound, match=f"There is no import {unknown}"):
        await shop.undo(unknown)


async def test_imports_are_listed_with_their_status(shop: Shop) -> None:
    first = await shop.import_export()
    shop.export.accounts.append("A-4,Delta,ES")
    second = await shop.import_export()
    await shop.undo(second.id)
    assert [(each.id, each.source, each.status) for each in await shop.imports()] == [
        (second.id, "file", "undone"),
        (first.id, "file", "finished"),
    ]


async def test_a_failed_import_is_listed_with_its_error(shop: Shop) -> None:
    await shop.import_export()
    shop.export.mapping = shop.export.mapping.replace("currency: USD}", "currency: EUR}")
    with pytest.raises(Conflict):
        await shop.import_export()
    newest = (await shop.imports())[0]
    assert newest.status == "failed"
    assert newest.error is not None
    assert "reports in USD" in newest.error


async def test_the_next_import_marks_a_killed_one_as_interrupted(shop: Shop) -> None:
    await shop.import_export()
    await shop.execute(sql.SQL("update imports set status = 'running', finished_at = null"))
    await shop.import_export()
    assert [each.status for each in await shop.imports()] == ["finished", "interrupted"]


async def test_rows_of_an_interrupted_import_that_a_later_export_lacks_are_reported(shop: Shop) -> None:
    await shop.import_export()
    await shop.execute(sql.SQL("update imports set status = 'interrupted'"))
    del shop.export.subscriptions[1]
    assumptions = (await shop.import_export()).assumptions
    assert any("that this file lacks: 1; they continue" in each for each in assumptions)


# Undo rebuilds the projections; scores are computed by the next run, and signals and websites are observed again. No other
# rows refer to them.
_PROJECTIONS = {
    "account_standings", "movement_facts", "churn_run_scores", "account_signals", "account_websites", "named_websites",
}  # fmt: skip


async def test_undo_checks_every_table_that_refers_to_imported_rows(
    database: Database,
) -> None:
    """A new table with a foreign key to imported rows must be checked by undo, which would delete its rows too."""
    async with database.transaction() as connection:
        cursor = await connection.execute(
            "select distinct conrelid::regclass::text from pg_constraint"
            " where contype = 'f' and confrelid::regclass::text = any(%s)",
            [[each.name for each in IMPORT_ENTITIES.entities]],
        )
        referring = {table for (table,) in await cursor.fetchall()}
    asked = {each.name for each in IMPORT_ENTITIES.entities if each.references}
    assert referring - asked - _PROJECTIONS == set()

"""Importing an entity that a room above registers: read, written, undone, without a change of `importing`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.identity.model import Workspace
from keepwell.importing.entities.mapped import ImportScope, RecordEntity
from keepwell.importing.entities.registry import Registry
from keepwell.importing.import_log.model import NotUndoable
from keepwell.importing.mapping.entity_fields import EntityFields
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import import_export
from keepwell.importing.upserts.entities import ACCOUNTS
from keepwell.importing.upserts.entity import Entity, Reference
from keepwell.importing.upserts.rows import Row
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

VISITS = Entity(
    name="visits",
    singular="visit",
    columns={"account_id": "uuid", "note": "text"},
    references=(Reference(field="account", column="account_id", entity=ACCOUNTS),),
    is_versioned=False,
)


class VisitRow(Row, frozen=True):
    account: str
    note: str | None


def visit_row(fields: Fields, scope: ImportScope) -> VisitRow:
    del scope
    return VisitRow(fields.text("id"), account=fields.text("account"), note=fields.optional("note"))


VISIT_FIELDS = EntityFields(name="visits", required=("id", "account"), optional=("note",))
REGISTRY = Registry(
    [*IMPORT_ENTITIES.entities, VISITS],
    mapped=[*IMPORT_ENTITIES.mapped, RecordEntity(VISITS, VISIT_FIELDS, convert=visit_row)],
)


@pytest.fixture
def shop(
    conninfo: str, database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path
) -> Iterator[Shop]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(
            "create table visits (workspace_id uuid not null, id uuid not null, external_id text not null,"
            " account_id uuid not null, note text, unique (workspace_id, external_id))"
        )
        connection.execute("grant select, insert, update, delete on visits to keepwell_app")
        shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
        shop.work = msgspec.structs.replace(shop.work, registry=REGISTRY)
        yield shop
        connection.execute("drop table visits")


async def imported(shop: Shop, *visits: str) -> UUID:
    folder = shop.export.write()
    (folder / "visits.csv").write_text("\n".join(["visit_id,account,note", *visits]) + "\n")
    mapping = folder / "visits.yaml"
    mapping.write_text(
        "version: 1\nentities:\n  visits:\n    file: visits.csv\n"
        "    fields: {id: visit_id, account: account, note: note}\n"
    )
    return (await import_export(shop.work, read_mapping(mapping, REGISTRY.fields), folder=folder)).id


async def notes(shop: Shop) -> list[tuple[str, str]]:
    async with shop.database.workspace(shop.workspace.id) as connection:
        cursor = await connection.execute("select external_id, note from visits order by 1")
        return await cursor.fetchall()


async def test_rows_of_a_registered_entity_are_written_and_its_unknown_accounts_dead_lettered(
    shop: Shop,
) -> None:
    await shop.import_export()
    await imported(shop, "V-1,A-1,by phone", "V-2,A-9,by phone")
    assert await notes(shop) == [("V-1", "by phone")]
    assert shop.dead_letters() == [("visits.csv", 3, "unknown-account", "account")]


async def test_undo_takes_back_a_registered_entity_and_names_it_as_a_dependent(shop: Shop) -> None:
    records = await shop.import_export()
    visits = await imported(shop, "V-1,A-1,by phone")
    with pytest.raises(NotUndoable, match="visits 'V-1' depends on accounts 'A-1'"):
        await shop.undo(records.id, entities=REGISTRY.entities)
    await shop.undo(visits, entities=REGISTRY.entities)
    assert await notes(shop) == []


async def test_an_import_of_an_entity_that_nobody_registers_any_more_is_not_undone(shop: Shop) -> None:
    await shop.import_export()
    visits = await imported(shop, "V-1,A-1,by phone")
    with pytest.raises(NotUndoable, match="wrote visits, which this version does not know"):
        await shop.undo(visits)
    assert await notes(shop) == [("V-1", "by phone")]

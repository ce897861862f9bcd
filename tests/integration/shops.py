"""A workspace, an export to import into it, and the contents of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import sql

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.identity import service as identity
from keepwell.identity.model import Actor, Principal, Workspace
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.model import ImportItem, UndoResult
from keepwell.importing.import_log.undo import undo
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import (
    DryRun,
    ImportContext,
    ImportSummary,
    dry_run_export,
    import_export,
)
from keepwell.importing.upserts.entity import Entity
from keepwell.intake import service as intake
from keepwell.intake.service import EventJournal
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import system_runtime
from keepwell.records.accounts import service as accounts
from keepwell.records.accounts.model import AccountFilter
from keepwell.records.changes import ChangeContext
from keepwell.revenue import service as revenue
from tests.integration.exports import Export

# Versions keep counting; a generated column cannot differ if the others are equal.
_LEFT_OUT = ("version",)
# Projections, which must follow the records.
DERIVED = ("account_standings", "movement_facts", "movement_rollups", "movement_days", "retention_rollups")
# Rows that add nothing up any more may stay.
_ADDS_UP = {
    "movement_rollups": sql.SQL(" where movements <> 0"),
    "movement_days": sql.SQL(" where movements <> 0"),
    "retention_rollups": sql.SQL(" where lost_accounts <> 0 or kept_amount <> 0 or capped_amount <> 0"),
}

State = dict[str, list[dict[str, Any]]]


class Shop:
    """A workspace and an export to import into it."""

    def __init__(self, database: Database, workspace: Workspace, settings: Settings, *, folder: Path) -> None:
        self.database = database
        self.workspace = workspace
        self.settings = settings
        runtime = system_runtime()
        self.work = ImportContext(
            database=database,
            settings=settings,
            slug=workspace.slug,
            runtime=runtime,
            bus=event_bus(runtime),
            registry=IMPORT_ENTITIES,
            progress=SilentProgress(),
        )
        self.export = Export(folder)

    async def import_export(self) -> ImportSummary:
        folder = self.export.write()
        return await import_export(
            self.work, read_mapping(self.export.mapping_file, IMPORT_ENTITIES.fields), folder=folder
        )

    async def dry_run(self) -> DryRun:
        folder = self.export.write()
        return await dry_run_export(
            self.work, read_mapping(self.export.mapping_file, IMPORT_ENTITIES.fields), folder=folder
        )

    async def undo(
        self, import_id: UUID, *, entities: Sequence[Entity] = IMPORT_ENTITIES.entities
    ) -> UndoResult:
        async with self.database.workspace(self.workspace.id) as connection:
            owner = await identity.owner(connection, self.workspace.id)
            actor = Actor(Principal(self.workspace.id, owner.id), request_id="test")
            context = ChangeContext(
                connection=connection, actor=actor, runtime=self.work.runtime, bus=self.work.bus
            )
            return await undo(context, import_id, entities=entities)

    async def imports(self) -> list[ImportItem]:
        async with self.database.workspace(self.workspace.id) as connection:
            return list((await import_log.list_imports(connection, workspace_id=self.workspace.id)).items)

    async def state(self) -> State:
        """Every row of every table that imports write, and of the projections."""
        async with self.database.workspace(self.workspace.id) as connection:
            return {
                table: [
                    {name: value for name, value in row.items() if name not in _LEFT_OUT}
                    for (row,) in await (
                        await connection.execute(
                            sql.SQL("select to_jsonb(t) from {} t{} order by to_jsonb(t)").format(
                                sql.Identifier(table), _ADDS_UP.get(table, sql.SQL(""))
                            )
                        )
                    ).fetchall()
                ]
                for table in (*(each.name for each in IMPORT_ENTITIES.entities), *DERIVED)
            }

    async def execute(self, statement: sql.SQL) -> None:
        """Change a record as a user would."""
        async with self.database.workspace(self.workspace.id) as connection:
            await connection.execute(statement)

    async def mrr(self, on: date) -> tuple[str, int]:
        async with self.database.workspace(self.workspace.id) as connection:
            report = await revenue.mrr(connection, workspace_id=self.workspace.id, on=on, currency="USD")
        return report.mrr, report.accounts

    async def unrated(self, on: date) -> dict[str, int]:
        """How many subscriptions the MRR of a day lacks for want of an exchange rate, by currency."""
        async with self.database.workspace(self.workspace.id) as connection:
            report = await revenue.mrr(connection, workspace_id=self.workspace.id, on=on, currency="USD")
        return {each.currency: each.subscriptions for each in report.unrated}

    async def movements(self) -> list[tuple[str, str]]:
        """The day and the kind of each movement, under the default policy."""
        async with self.database.workspace(self.workspace.id) as connection:
            cursor = await connection.execute(
                "select \"on\"::text, kind from movement_facts where 'default' = any(policies) order by 1, 2"
            )
            return await cursor.fetchall()

    async def uncertain(self) -> dict[str, tuple[str, str]]:
        """The accounts with uncertain revenue, since when and why, as the API lists them."""
        async with self.database.workspace(self.workspace.id) as connection:
            found = await accounts.list_accounts(
                connection, AccountFilter(), workspace_id=self.workspace.id, limit=100
            )
        return {
            each.external_id: (str(each.revenue_uncertain_since), each.revenue_uncertain_because)
            for each in found.items
            if each.revenue_uncertain_because is not None
        }

    def dead_letters(self) -> list[tuple[str, int | None, str, str]]:
        root = self.settings.intake(self.workspace.id)
        with EventJournal.open(root, clock=SystemClock()) as journal:
            return [(each.source, each.line, each.code, each.field) for each in journal.dead_letters()]

    def events(self) -> int:
        lake = intake.events_table(self.settings.lake, workspace_id=self.workspace.id)
        return int(lake.count().to_pyarrow().as_py())

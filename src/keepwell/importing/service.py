"""Imports a mapped export: records in one transaction, events through intake.

Idempotent by the source's ids: a row that exists and is equal is left alone. Within one file the first row of
an id counts; a later one that differs is dead-lettered. Records are written in one transaction, then events, then
the lake. An interruption after the records leaves them changed; the same command then finds them unchanged and
continues with the events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.identity.model import Actor, Workspace
from keepwell.importing.counting_journal import CountingJournal
from keepwell.importing.entities.mapped import ImportScope
from keepwell.importing.entities.registry import Registry
from keepwell.importing.entity_reader import EntityReader, RowSink
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.entry import ImportLogEntry
from keepwell.importing.import_log.model import ChangeView, EntityCounts, ImportReport
from keepwell.importing.mapping.mapping_file import MappingFile, require_columns
from keepwell.importing.record_writer import accounts_of, journal_events, write_records
from keepwell.importing.reports import DriftView, assumptions_of, drift_of
from keepwell.importing.source_files import RowFile
from keepwell.importing.workspace_setup import settle_currency
from keepwell.intake.model import DeadLetter
from keepwell.intake.service import EventJournal, build_lake
from keepwell.platform.bus import Bus
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import Runtime
from keepwell.platform.values.path_texts import as_text
from keepwell.revenue.rates.service import stored_rates

SOURCE = "file"


class ImportSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did; `changed` is False if everything had been imported before."""

    id: UUID
    workspace: str
    entities: Mapping[str, EntityCounts]
    changed: bool
    drift: Sequence[DriftView]
    assumptions: Sequence[str]


class DryRun(msgspec.Struct, frozen=True):
    """What an import would do: its summary, the first rows it would change, and the first dead letters."""

    summary: ImportSummary
    changes: Sequence[ChangeView]
    dead_letters: Sequence[DeadLetter]


class ImportContext(msgspec.Struct, frozen=True, kw_only=True):
    """The surroundings of an import; the workspace `slug` is created if it does not exist.

    `registry` has the entities that an import may write. `currency` is the report currency of a new workspace if the
    mapping names none.
    """

    database: Database
    settings: Settings
    slug: str
    runtime: Runtime
    bus: Bus
    progress: Progress
    registry: Registry
    currency: str | None = None

    def of_workspace(self, workspace: Workspace) -> ImportContext:
        """The same for another workspace, which exists and knows its currency."""
        return msgspec.structs.replace(self, slug=workspace.slug, currency=workspace.currency)


async def import_export(work: ImportContext, mapping: MappingFile, *, folder: Path) -> ImportSummary:
    """Import every mapped file of `folder` and bring the workspace's lake up to date.

    Raises DataValidationError, before anything is changed, for a file that is missing, not UTF-8 or
    without a mapped column, and Conflict for real data into a synthetic workspace or the reverse.
    """
    files = _open(mapping, folder)
    async with work.database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, work.slug, runtime=work.runtime)
    intake_root = work.settings.intake(workspace.id)
    with EventJournal.open(intake_root, clock=work.runtime.clock) as journal:
        async with work.database.workspace(workspace.id) as connection:
            await import_log.note_interrupted(
                connection, workspace_id=workspace.id, source=SOURCE, clock=work.runtime.clock
            )
            actor = await identity.operator(connection, workspace.id)
            run = await _Run.begin(connection, work, workspace=workspace, mapping=mapping, actor=actor)
            await run.open(connection, files, journal=journal)
        async with run.record.noting_failure(work.database, bus=work.bus):
            async with work.database.workspace(workspace.id) as connection:
                await run.write_records(connection)
                known = await accounts_of(connection, workspace_id=workspace.id)
            if "events" in run.readers:
                journal_events(run.readers["events"], known, progress=work.progress)
            # Only what was read to its end: an interrupted import resolves nothing.
            journal.resolve({reader.counts.file for reader in run.readers.values()})
            journal.seal()
            build_lake(intake_root, work.settings.lake, workspace_id=workspace.id, progress=work.progress)
            summary = run.summary()
            async with work.database.workspace(workspace.id) as connection:
                await run.finish(connection, summary)
    run.record.count(summary.entities)
    return summary


async def dry_run_export(work: ImportContext, mapping: MappingFile, *, folder: Path) -> DryRun:
    """What `import_export` would do, found by doing it in a transaction that is rolled back.

    The journal is not read, so every event counts as imported.
    """
    files, journal = _open(mapping, folder), CountingJournal()
    async with work.database.transaction() as connection, connection.transaction(force_rollback=True):
        workspace = await identity.ensure_workspace(connection, work.slug, runtime=work.runtime)
        run = await _Run.begin(connection, work, workspace=workspace, mapping=mapping)
        await run.open(connection, files, journal=journal)
        await run.write_records(connection)
        known = await accounts_of(connection, workspace_id=workspace.id)
        if "events" in run.readers:
            journal_events(run.readers["events"], known, progress=work.progress)
        changes = await import_log.changes(connection, run.record.id, workspace_id=workspace.id)
    return DryRun(run.summary(), changes, journal.letters)


def _open(mapping: MappingFile, folder: Path) -> dict[str, RowFile]:
    """The existing files; raises DataValidationError for a missing required file or column."""
    files = {
        name: RowFile(entity.path_in(folder), delimiter=entity.delimiter)
        for name, entity in mapping.entities.items()
        if not entity.optional or entity.path_in(folder).exists()
    }
    for name, file in files.items():
        if file.header is not None:
            require_columns(mapping, entity=name, header=file.header)
    return files


class _Run:
    """One running import."""

    def __init__(
        self, work: ImportContext, *, workspace: Workspace, mapping: MappingFile, record: ImportLogEntry
    ) -> None:
        self.record = record
        self.readers: dict[str, EntityReader] = {}
        self._work = work
        self._workspace = workspace
        self._mapping = mapping

    @classmethod
    async def begin(
        cls,
        connection: Connection,
        work: ImportContext,
        *,
        workspace: Workspace,
        mapping: MappingFile,
        actor: Actor | None = None,
    ) -> _Run:
        """Add the import to the log."""
        record = await ImportLogEntry.begin(
            connection,
            workspace_id=workspace.id,
            actor=actor,
            source=SOURCE,
            mapping=as_text(mapping.document.path.name),
            runtime=work.runtime,
        )
        return cls(work, workspace=workspace, mapping=mapping, record=record)

    async def open(self, connection: Connection, files: Mapping[str, RowFile], *, journal: RowSink) -> None:
        """Create the readers, which know the columns of the previous import."""
        columns = await import_log.last_columns(
            connection,
            workspace_id=self._workspace.id,
            source=SOURCE,
            mapping=as_text(self._mapping.document.path.name),
        )
        for name, file in files.items():
            self.readers[name] = EntityReader(
                file,
                self._mapping.entities[name],
                journal=journal,
                clock=self._work.runtime.clock,
                known=columns.get(name),
            )

    async def write_records(self, connection: Connection) -> None:
        """Write everything except the events."""
        currency = await settle_currency(
            connection, self._mapping, workspace=self._workspace, currency=self._work.currency
        )
        scope = ImportScope(
            workspace_id=self._workspace.id,
            import_id=self.record.id,
            mapping=as_text(self._mapping.document.path.name),
            currency=currency,
            rates=await stored_rates(connection, workspace_id=self._workspace.id),
            runtime=self._work.runtime,
            bus=self._work.bus,
            progress=self._work.progress,
        )
        await write_records(connection, self.readers, registry=self._work.registry, scope=scope)

    def summary(self) -> ImportSummary:
        """What was done so far."""
        return ImportSummary(
            id=self.record.id,
            workspace=self._workspace.slug,
            entities={name: reader.counts for name, reader in self.readers.items()},
            changed=any(reader.counts.changed for reader in self.readers.values()),
            drift=drift_of(self.readers),
            assumptions=assumptions_of(self._mapping, self.readers),
        )

    async def finish(self, connection: Connection, summary: ImportSummary) -> None:
        """Store the import's report."""
        report = ImportReport(
            summary={"entities": summary.entities, "changed": summary.changed},
            drift=summary.drift,
            assumptions=summary.assumptions,
            columns={name: list(reader.columns) for name, reader in self.readers.items()},
        )
        await self.record.finish(connection, report, bus=self._work.bus)

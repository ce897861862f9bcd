"""One import's entry in the import log: started, finished or failed, audited, and counted for Prometheus."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.importing.import_log import metrics
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.events import ImportEnded
from keepwell.importing.import_log.model import EntityCounts, ImportReport
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError, KeepwellError
from keepwell.platform.runtime import Runtime

replace = msgspec.structs.replace


class AuditedImport(msgspec.Struct, frozen=True, kw_only=True):
    """What the audit log says of an import; the counts are those of its end."""

    source: str
    mapping: str
    imported: int | None = None
    changed: int | None = None
    dead_lettered: int | None = None
    error: str | None = None


class ImportLogEntry:
    """The log entry of a running import; `actor` runs it, or None in a dry run, which is not audited."""

    def __init__(
        self,
        import_id: UUID,
        *,
        workspace_id: UUID,
        actor: Actor | None,
        about: AuditedImport,
        runtime: Runtime,
    ) -> None:
        self.id = import_id
        self._workspace_id = workspace_id
        self._actor = actor
        self._about = about
        self._runtime = runtime

    @classmethod
    async def begin(
        cls,
        connection: Connection,
        *,
        workspace_id: UUID,
        actor: Actor | None,
        source: str,
        mapping: str,
        runtime: Runtime,
    ) -> ImportLogEntry:
        """Add the import to the log."""
        import_id = await import_log.begin(
            connection, workspace_id=workspace_id, source=source, mapping=mapping, runtime=runtime
        )
        about = AuditedImport(source=source, mapping=mapping)
        entry = cls(import_id, workspace_id=workspace_id, actor=actor, about=about, runtime=runtime)
        await entry._audit(connection, "import.started", about)
        return entry

    async def note_progress(self, connection: Connection, entities: Mapping[str, EntityCounts]) -> None:
        """Store the counts so far, which readers of the log see while the import runs."""
        await import_log.note_progress(
            connection, self.id, workspace_id=self._workspace_id, summary={"entities": entities}
        )

    async def finish(self, connection: Connection, report: ImportReport, *, bus: Bus) -> None:
        """Store the import's report, and publish that it has ended."""
        await import_log.finish(
            connection, self.id, workspace_id=self._workspace_id, report=report, clock=self._runtime.clock
        )
        entities: Mapping[str, EntityCounts] = (report.summary or {}).get("entities", {})
        counts = entities.values()
        ended = replace(
            self._about,
            imported=sum(each.imported for each in counts),
            changed=sum(each.updated for each in counts),
            dead_lettered=sum(each.dead_lettered for each in counts),
        )
        await self._audit(connection, "import.finished", ended)
        await bus.publish(connection, ImportEnded(workspace_id=self._workspace_id))

    @asynccontextmanager
    async def noting_failure(self, database: Database, *, bus: Bus) -> AsyncIterator[None]:
        """Record an error that ends the import, publish that it has ended, and re-raise the error."""
        try:
            yield
        except KeepwellError as error:
            metrics.IMPORTS.labels(self._about.source, "failed").inc()
            # If the database itself failed, the next import marks this one as interrupted.
            with suppress(InfrastructureError):
                async with database.workspace(self._workspace_id) as connection:
                    await import_log.fail(
                        connection,
                        self.id,
                        workspace_id=self._workspace_id,
                        error=error.message,
                        clock=self._runtime.clock,
                    )
                    await self._audit(connection, "import.failed", replace(self._about, error=error.message))
                    await bus.publish(connection, ImportEnded(workspace_id=self._workspace_id))
            raise

    async def _audit(self, connection: Connection, action: str, about: AuditedImport) -> None:
        if self._actor is not None:
            await audit.record(
                connection,
                self._actor,
                action=action,
                subject=f"import:{self.id}",
                after=about,
                clock=self._runtime.clock,
            )

    def count(self, entities: Mapping[str, EntityCounts]) -> None:
        """Count the import and its rows for Prometheus."""
        metrics.IMPORTS.labels(self._about.source, "finished").inc()
        metrics.count_rows(self._about.source, entities)

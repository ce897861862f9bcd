"""One import's entry in the import log: started, finished or failed, and counted for Prometheus."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from keepwell.importing.entity_reader import EntityCounts
from keepwell.importing.import_log import metrics
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.model import ImportReport
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError, KeepwellError
from keepwell.platform.runtime import Runtime


class ImportLogEntry:
    """The log entry of a running import."""

    def __init__(self, import_id: UUID, *, workspace_id: UUID, source: str, runtime: Runtime) -> None:
        self.id = import_id
        self._workspace_id = workspace_id
        self._source = source
        self._runtime = runtime

    @classmethod
    async def begin(
        cls, connection: Connection, *, workspace_id: UUID, source: str, mapping: str, runtime: Runtime
    ) -> ImportLogEntry:
        """Add the import to the log."""
        import_id = await import_log.begin(
            connection, workspace_id=workspace_id, source=source, mapping=mapping, runtime=runtime
        )
        return cls(import_id, workspace_id=workspace_id, source=source, runtime=runtime)

    async def finish(self, connection: Connection, report: ImportReport) -> None:
        """Store the import's report."""
        await import_log.finish(
            connection, self.id, workspace_id=self._workspace_id, report=report, clock=self._runtime.clock
        )

    @asynccontextmanager
    async def noting_failure(self, database: Database) -> AsyncIterator[None]:
        """Record an error that ends the import, and re-raise it."""
        try:
            yield
        except KeepwellError as error:
            metrics.IMPORTS.labels(self._source, "failed").inc()
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
            raise

    def count(self, entities: Mapping[str, EntityCounts]) -> None:
        """Count the import and its rows for Prometheus."""
        metrics.IMPORTS.labels(self._source, "finished").inc()
        for entity, counts in entities.items():
            for outcome, number in (
                ("inserted", counts.imported - counts.updated),
                ("changed", counts.updated),
                ("unchanged", counts.unchanged),
                ("dead-lettered", counts.dead_lettered),
            ):
                metrics.ROWS.labels(self._source, entity, outcome).inc(number)

"""Delta Lake by the package `deltalake`, as its documentation uses it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake

from benchmarks.lake.load import DAY

_WRITER = WriterProperties(compression="ZSTD")
_APPLICATION = "journal"


class DeltaLake:
    """A folder with a log of commits; the segment's number is the application's transaction in its commit."""

    def __init__(self, folder: Path) -> None:
        self._location = str(folder / "lake")

    def append(self, segment: int, rows: pa.Table) -> bool:
        """Look up the application's last transaction, then commit the rows with the next one."""
        opened: str | DeltaTable = self._location
        if DeltaTable.is_deltatable(self._location):
            opened = DeltaTable(self._location)
            last = opened.transaction_version(_APPLICATION)
            if last is not None and last >= segment:
                return False
        write_deltalake(
            opened,
            rows,
            mode="append",
            partition_by=[DAY],
            writer_properties=_WRITER,
            commit_properties=CommitProperties(app_transactions=[Transaction(_APPLICATION, segment)]),
        )
        return True

    def compact(self) -> None:
        """Merge small files; their rows stay in the order in which they came."""
        DeltaTable(self._location).optimize.compact(writer_properties=_WRITER)

    def clean(self) -> None:
        """Remove every file that only older versions name."""
        table = DeltaTable(self._location)
        table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)

    def files_of(self, day: date | None) -> list[str]:
        """As the log names them."""
        table = DeltaTable(self._location)
        return list(table.file_uris(None if day is None else [(DAY, "=", day.isoformat())]))

    def erase(self, account: str) -> None:
        """`delete`, which rewrites the files that hold such rows."""
        DeltaTable(self._location).delete(f"account = '{account}'", writer_properties=_WRITER)

    def count_in_duckdb(self) -> list[str]:
        """By DuckDB's extension for Delta."""
        return [f"from delta_scan('{self._location}') select count(*)"]

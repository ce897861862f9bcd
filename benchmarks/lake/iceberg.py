"""Apache Iceberg by the package `pyiceberg`, its catalog in SQLite."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import EqualTo
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform

from benchmarks.lake.load import DAY

_NAME = "lake.events"
_SEGMENT = "keepwell.segment"
_PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "1",
    "commit.manifest-merge.enabled": "true",
}


class IcebergLake:
    """A folder with snapshots, and a catalog; the segment's number is a property set by its commit."""

    def __init__(self, folder: Path) -> None:
        (folder / "lake").mkdir(parents=True, exist_ok=True)
        self._metadata = folder / "lake" / "lake" / "events" / "metadata"
        self._catalog = SqlCatalog(
            "keepwell",
            uri=f"sqlite:///{folder / 'lake' / 'catalog.db'}",
            warehouse=f"file://{folder / 'lake'}",
        )

    def append(self, segment: int, rows: pa.Table) -> bool:
        """Look up the table's property, then commit the rows together with its next value."""
        table = self._table(rows.schema)
        if int(table.properties.get(_SEGMENT, "-1")) >= segment:
            return False
        with table.transaction() as transaction:
            transaction.append(rows)
            transaction.set_properties({_SEGMENT: str(segment)})
        return True

    def compact(self) -> None:
        """Read each day and overwrite it with itself, since pyiceberg has no compaction."""
        table = self._catalog.load_table(_NAME)
        days = {file.file.partition[0] for file in table.scan().plan_files()}
        for day in sorted(days):
            same_day = EqualTo(DAY, _date(day))
            table.overwrite(table.scan(row_filter=same_day).to_arrow(), overwrite_filter=same_day)

    def clean(self) -> None:
        """Forget every snapshot but the last. pyiceberg removes no data file."""
        table = self._catalog.load_table(_NAME)
        last = table.current_snapshot()
        old = [
            each.snapshot_id for each in table.snapshots() if last and each.snapshot_id != last.snapshot_id
        ]
        if old:
            table.maintenance.expire_snapshots().by_ids(old).commit()

    def files_of(self, day: date | None) -> list[str]:
        """As the manifests of the last snapshot name them."""
        table = self._catalog.load_table(_NAME)
        scan = table.scan() if day is None else table.scan(row_filter=EqualTo(DAY, day))
        return [urlsplit(file.file.file_path).path for file in scan.plan_files()]

    def erase(self, account: str) -> None:
        """`delete`, which rewrites the files that hold such rows."""
        self._catalog.load_table(_NAME).delete(EqualTo("account", account))

    def count_in_duckdb(self) -> list[str]:
        """By DuckDB's extension for Iceberg."""
        newest = max(self._metadata.glob("*.metadata.json"), default=self._metadata)
        return [f"from iceberg_scan('{newest}') select count(*)"]

    def _table(self, schema: pa.Schema) -> Table:
        if self._catalog.table_exists(_NAME):
            return self._catalog.load_table(_NAME)
        self._catalog.create_namespace_if_not_exists("lake")
        with (
            self._catalog.create_table_transaction(_NAME, schema, properties=_PROPERTIES) as creation,
            creation.update_spec() as spec,
        ):
            spec.add_field(DAY, IdentityTransform(), DAY)
        return self._catalog.load_table(_NAME)


def _date(days: date | int) -> date:
    """A partition's value, which pyiceberg gives as days since 1970."""
    return days if isinstance(days, date) else date.fromordinal(date(1970, 1, 1).toordinal() + days)

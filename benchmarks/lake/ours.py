"""Our own manifest, as `lake build`, `lake compact` and `lake erase` use it."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow import compute

from keepwell.intake.lake.columns.shape import days_of
from keepwell.intake.lake.compact import compact
from keepwell.intake.lake.manifest import EVENT_ORDER, Manifest, folder_of, read_manifest
from keepwell.intake.lake.reader import read_parquet
from keepwell.intake.lake.storage import open_storage
from keepwell.intake.lake.writer import open_writer
from keepwell.platform.progress import SilentProgress

_EMPTY = Manifest(kind="events", key=EVENT_ORDER[0], time=EVENT_ORDER[1])


class OurLake:
    """A folder with a manifest."""

    def __init__(self, folder: Path) -> None:
        self._location = folder / "lake"
        self._folder = open_storage(self._location)

    def append(self, segment: int, rows: pa.Table) -> bool:
        """One file per day of the segment, then the manifest, which names the segment."""
        name = f"ok-{segment:06}"
        with open_writer(self._folder, purpose="a measurement", new=_EMPTY) as lake:
            if name in lake.segments:
                return False
            lake.sweep()
            for day, part in days_of(rows, sorted_by=EVENT_ORDER):
                lake.write(f"{folder_of(day)}/journal-{name}.parquet", part, segments=[name])
            lake.segments[name] = hashlib.sha256(name.encode()).hexdigest()
            lake.publish()
        return True

    def compact(self) -> None:
        """`lake compact`."""
        compact(self._location, progress=SilentProgress())

    def clean(self) -> None:
        """What each command that writes begins with."""
        with open_writer(self._folder, purpose="a measurement") as lake:
            lake.sweep()

    def files_of(self, day: date | None) -> list[str]:
        """As the manifest names them."""
        manifest = read_manifest(self._folder) or _EMPTY
        names = (each.name for each in manifest.files if day is None or each.day == day)
        return [self._folder.address(name) for name in names]

    def erase(self, account: str) -> None:
        """Rewrite each file that holds rows of the account, as `lake erase` does."""
        with open_writer(self._folder, purpose="a measurement") as lake:
            for file in list(lake.files.values()):
                table = read_parquet(self._folder, file.name)
                left = table.filter(compute.not_equal(table["account"], account))
                if left.num_rows < table.num_rows:
                    lake.write(file.name, left, segments=file.segments)
            lake.publish()

    def count_in_duckdb(self) -> list[str]:
        """The manifest is JSON that names files."""
        manifest, address = f"{self._location}/manifest.json", f"'{self._location}/' || file.name"
        return [
            f"set variable files = (from (from read_json('{manifest}') select unnest(manifest.files) as file) select list({address}))",
            "from read_parquet(getvariable('files')) select count(*)",
        ]

"""One format under the load, as a process in an environment of its own.

`python -m benchmarks.lake.run FORMAT FOLDER measure DAYS SEGMENTS ROWS` prints figures as JSON,
`... FORMAT FOLDER append SEGMENTS ROWS` appends until it is done or killed, and
`... FORMAT FOLDER check` prints what can be read afterwards.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.lake.load import ERASED_ACCOUNT, Lake, Load

FORMATS = {
    "ours": ("benchmarks.lake.ours", "OurLake"),
    "delta": ("benchmarks.lake.delta", "DeltaLake"),
    "iceberg": ("benchmarks.lake.iceberg", "IcebergLake"),
}
STARTED = "started"
_QUERIED_DAYS = 10
_METADATA_FOLDERS = {"_delta_log", "metadata"}


def main(name: str, folder: str, mode: str, *numbers: str) -> None:
    """Do what `mode` says and print one JSON document."""
    module, factory = FORMATS[name]
    lake: Lake = getattr(importlib.import_module(module), factory)(Path(folder))
    if mode == "measure":
        days, segments, rows = map(int, numbers)
        print(json.dumps(_Measurement(lake, Path(folder), Load(days, segments, rows)).figures()))
    elif mode == "append":
        segments, rows = map(int, numbers)
        _append(lake, Load(1, segments, rows))
    else:
        print(json.dumps(_contents(lake, Path(folder))))


class _Measurement:
    def __init__(self, lake: Lake, folder: Path, load: Load) -> None:
        self._lake = lake
        self._folder = folder
        self._load = load
        self._costs: dict[str, list[tuple[float, float]]] = {}

    def figures(self) -> dict[str, Any]:
        """Every cost as [processor seconds, seconds] of each time, and what lies in the folder in between."""
        found: dict[str, Any] = {}
        for number in range(self._load.segments):
            rows = self._load.segment(number)
            with self._timed("append"):
                self._lake.append(number, rows)
        with self._timed("repeated append"):
            found["repeat_refused"] = not self._lake.append(number, rows)
        found["metadata_after_appends"] = self._size(is_metadata=True)
        self._query("query of a day, before compaction")
        with self._timed("compaction"):
            self._lake.compact()
            self._lake.clean()
        found["metadata_after_compaction"] = self._size(is_metadata=True)
        found["data_after_compaction"] = self._size(is_metadata=False)
        self._query("query of a day, after compaction")
        found["duckdb_alone"] = self._in_duckdb_alone()
        with self._timed("erasure of one account"):
            self._lake.erase(ERASED_ACCOUNT)
            self._lake.clean()
        found["rows_erased"] = self._load.segments * self._load.rows - _count(self._lake.files_of(None))
        found["rows_still_on_disk"] = _count_account([str(path) for path in self._data_files()])
        return {**found, "costs": self._costs}

    @contextmanager
    def _timed(self, label: str) -> Iterator[None]:
        processor, clock = time.process_time(), time.perf_counter()
        yield
        cost = time.process_time() - processor, time.perf_counter() - clock
        self._costs.setdefault(label, []).append(cost)

    def _query(self, label: str) -> None:
        expected = self._load.rows_of_days()
        days = sorted(expected)
        for day in days[:: max(1, len(days) // _QUERIED_DAYS)]:
            with self._timed(label):
                read = _count_events(self._lake.files_of(day))
            if read != expected[day]:
                sys.exit(f"{day} has {read} rows instead of {expected[day]}.")

    def _in_duckdb_alone(self) -> str:
        *settings, query = self._lake.count_in_duckdb()
        connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        try:
            for statement in settings:
                connection.execute(statement)
            row = connection.execute(query).fetchone()
        except duckdb.Error as error:
            return str(error).partition("\n")[0]
        return "" if row == (self._load.segments * self._load.rows,) else f"counts {row}"

    def _data_files(self) -> list[Path]:
        return [path for path in self._folder.rglob("*.parquet") if path.parent.name not in _METADATA_FOLDERS]

    def _size(self, *, is_metadata: bool) -> int:
        data = set(self._data_files())
        paths = (path for path in self._folder.rglob("*") if path.is_file())
        return sum(path.stat().st_size for path in paths if (path in data) != is_metadata)


def _append(lake: Lake, load: Load) -> None:
    """Append every segment, including those that an earlier process has appended already."""
    for number in range(load.segments):
        lake.append(number, load.segment(number))
        if number == 0:
            print(STARTED, flush=True)


def _contents(lake: Lake, folder: Path) -> dict[str, int]:
    """What counts, and how many data files no commit names, before and after cleaning."""
    lost = _unnamed(lake, folder)
    lake.clean()
    files = lake.files_of(None)
    return {
        "rows": _count(files),
        "distinct": _one(files, "count(distinct message_id)"),
        "unnamed": lost,
        "unnamed_after_cleaning": _unnamed(lake, folder),
    }


def _unnamed(lake: Lake, folder: Path) -> int:
    paths = {str(path) for path in folder.rglob("*.parquet") if path.parent.name not in _METADATA_FOLDERS}
    temporary = sum(1 for path in folder.rglob("*.parquet*") if path.suffix != ".parquet")
    return len(paths - {_path_of(name) for name in lake.files_of(None)}) + temporary


def _path_of(name: str) -> str:
    return name.removeprefix("file://")


def _count(files: list[str]) -> int:
    return _one(files, "count(*)")


def _count_account(files: list[str]) -> int:
    return _one(files, f"count(*) filter (account = '{ERASED_ACCOUNT}')")


def _count_events(files: list[str]) -> int:
    """The query of a dashboard: what happened on a day, by how many accounts."""
    sql = "select event, count(*), count(distinct account) from read_parquet($1) group by event"
    return sum(row[1] for row in duckdb.connect().execute(sql, [files]).fetchall())


def _one(files: list[str], what: str) -> int:
    if not files:
        return 0
    sql = f"select {what} from read_parquet($1, hive_partitioning = false)"  # noqa: S608  our own words
    row = duckdb.connect().execute(sql, [files]).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main(*sys.argv[1:])

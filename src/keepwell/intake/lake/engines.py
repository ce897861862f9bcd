"""The engines that read a lake: Ibis on DuckDB, and the same expressions on Spark."""

from __future__ import annotations

import glob
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from keepwell.intake.lake.manifest import ROWS_OF_A_GROUP, Kind
from keepwell.intake.lake.storage import REBUILD, Folder
from keepwell.intake.model import Engine
from keepwell.platform.errors import CorruptData, Unavailable

_WILD = re.compile(r"[\[\]{}*?\\]")
_DUCKDB = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def open_engine(engine: Engine, folder: Folder) -> Any:
    """The Ibis backend called `engine`, in UTC, which can read the files of `folder`."""
    return open_spark() if engine == "spark" else open_duckdb(folder)


def open_spark() -> Any:
    """Spark as its own configuration says, or in this process; raises Unavailable without pyspark or Java."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  an extra, which few need
    except ImportError as error:
        hint = "Install the extra: pip install 'keepwell[spark]'."
        raise Unavailable("Spark is not installed.", hint=hint) from error
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise Unavailable(
            "Spark needs Java 17 or newer.",
            hint="Install it (Debian: apt install default-jre-headless), or set JAVA_HOME.",
        )
    # Arrow hands instants over as they are; Spark's own page and its colours are of no use here.
    builder = SparkSession.builder.appName("keepwell").config(
        map={
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
    )
    return ibis.pyspark.connect(builder.getOrCreate())


def open_duckdb(folder: Folder) -> ibis.BaseBackend:
    """DuckDB in memory, in UTC, which can read the files of `folder` and installs nothing by itself."""
    # Beside the lake where that is a folder here: a full memory spills where there is room for data.
    own = {} if folder.filesystem else {"temp_directory": folder.address("spill")}
    backend = ibis.duckdb.connect(**_DUCKDB, **own)
    backend.con.execute("set TimeZone = 'UTC'")
    if folder.filesystem is not None:
        backend.con.register_filesystem(folder.filesystem)
    return backend


def read_files(backend: Any, addresses: Sequence[str], *, kind: Kind) -> ibis.Table:
    """The Parquet files at `addresses` as the table `events`, or `rows`, where a column may be missing."""
    if backend.name == "pyspark":
        return _read_by_spark(backend, addresses, kind=kind)
    # A path is no pattern.
    patterns = [glob.escape(address) for address in addresses]
    # Only rows differ in their columns, and to find that out every file must be opened.
    by_name = {"union_by_name": True} if kind == "rows" else {}
    return backend.read_parquet(patterns, table_name=kind, hive_partitioning=False, **by_name)


def empty_table(backend: Any, columns: pa.Schema, *, kind: Kind) -> ibis.Table:
    """A table with `columns` and no row."""
    if backend.name == "pyspark":
        backend._session.createDataFrame(columns.empty_table()).createOrReplaceTempView(kind)  # noqa: SLF001  Ibis has no temporary tables there
        return backend.table(kind)
    return backend.create_table(kind, schema=ibis.Schema.from_pyarrow(columns), temp=True)


def merge_files(folder: Folder, names: Sequence[str], *, by: Sequence[str], into: Path) -> None:
    """Write the rows of the files `names`, which have the same columns, sorted into the local file `into`."""
    rows = open_duckdb(folder).con.read_parquet([glob.escape(folder.address(name)) for name in names])
    if by:
        rows = rows.order(", ".join(quoted(name) for name in by))
    rows.write_parquet(str(into), compression="zstd", row_group_size=ROWS_OF_A_GROUP)


def quoted(name: str) -> str:
    """`name` as an identifier."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def reading_lake() -> Iterator[None]:
    """Translate what an engine says of a missing or damaged file, which it meets only when it reads."""
    try:
        yield
    except duckdb.Error as error:
        raise CorruptData(f"The lake cannot be read: {error}", hint=REBUILD) from error
    except Exception as error:  # what is none of Spark's is raised again
        # Spark's own errors have no name where Spark is not installed.
        if not type(error).__module__.startswith(("pyspark.", "py4j.")):
            raise
        first_line = str(error).partition("\n")[0]
        raise CorruptData(f"The lake cannot be read: {first_line}", hint=REBUILD) from error


def _read_by_spark(backend: Any, addresses: Sequence[str], *, kind: Kind) -> ibis.Table:
    """The same; the day in a file's path must not become a column, and a path is no pattern."""
    patterns = [_WILD.sub(r"\\\g<0>", address) for address in addresses]
    session = backend._session  # noqa: SLF001  Ibis reads one path only
    options = {"recursiveFileLookup": "true", "mergeSchema": str(kind == "rows").lower()}
    session.read.options(**options).parquet(*patterns).createOrReplaceTempView(kind)
    return backend.table(kind)

"""The engines that read a lake: Ibis on DuckDB, and the same expressions on Spark."""

from __future__ import annotations

import glob
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from keepwell.intake.lake.manifest import ROWS_OF_A_GROUP, KindName, Manifest
from keepwell.intake.lake.model import Engine
from keepwell.intake.lake.storage import REBUILD, LakeStorage
from keepwell.intake.lake.store import define_view, exact_view, first_events, quoted, use_utc
from keepwell.platform.errors import CorruptData, Unavailable

if TYPE_CHECKING:
    # Where it is needed, Ibis is imported late: it takes as long as the rest of the server.
    import ibis

_VIEWS = count()
_WILD = re.compile(r"[\[\]{}*?\\]")
_DUCKDB = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def open_engine(engine: Engine, storage: LakeStorage) -> Any:
    """The Ibis backend `engine`, in UTC, able to read the files of `storage`."""
    return open_spark() if engine == "spark" else open_duckdb(storage)


def open_spark() -> Any:
    """Spark as configured, or in this process; raises Unavailable without pyspark or Java."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  an optional extra
    except ImportError as error:
        hint = "Install the extra: pip install 'keepwell[spark]'."
        raise Unavailable("Spark is not installed.", hint=hint) from error
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise Unavailable(
            "Spark needs Java 17 or newer.",
            hint="Install it (Debian: apt install default-jre-headless), or set JAVA_HOME.",
        )
    # Arrow passes instants unchanged; Spark's web page and progress bar are not needed.
    builder = SparkSession.builder.appName("keepwell").config(
        map={
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
    )
    import ibis  # noqa: PLC0415  see above

    return ibis.pyspark.connect(builder.getOrCreate())


def open_duckdb(storage: LakeStorage) -> ibis.BaseBackend:
    """DuckDB in memory, in UTC, able to read the files of `storage`; it never installs extensions."""
    import ibis  # noqa: PLC0415  see above

    return ibis.duckdb.from_connection(_connect_duckdb(storage))


def read_files(backend: Any, addresses: Sequence[str], *, manifest: Manifest) -> ibis.Table:
    """The Parquet files at `addresses` as the table `events`, or `rows`, whose files may lack columns.

    Events of the first shape were known when they happened, as far as their files say.
    """
    kind = manifest.kind
    if backend.name == "pyspark":
        return _read_by_spark(backend, addresses, manifest=manifest)
    if manifest.is_outdated:
        define_view(backend.con, kind, query=first_events(addresses))
        return backend.table(kind)
    # Paths are not patterns.
    patterns = [glob.escape(address) for address in addresses]
    # Only rows may differ in their columns, and comparing them opens every file.
    by_name = {"union_by_name": True} if kind == "rows" else {}
    if kind == "rows" and len(addresses) > 1 and (sql := exact_view(backend.con, addresses)):
        define_view(backend.con, kind, query=sql)
        return backend.table(kind)
    return backend.read_parquet(patterns, table_name=kind, hive_partitioning=False, **by_name)


def empty_table(backend: Any, columns: pa.Schema, *, kind: KindName) -> ibis.Table:
    """A table with `columns` and no row."""
    if backend.name == "pyspark":
        backend._session.createDataFrame(columns.empty_table()).createOrReplaceTempView(kind)  # noqa: SLF001  Ibis has no temporary tables there
        return backend.table(kind)
    import ibis  # noqa: PLC0415  see above

    return backend.create_table(kind, schema=ibis.Schema.from_pyarrow(columns), temp=True)


def merge_files(storage: LakeStorage, names: Sequence[str], *, by: Sequence[str], into: Path) -> None:
    """Write the sorted rows of the files `names`, which have the same columns, to the local file `into`."""
    rows = _connect_duckdb(storage).read_parquet([glob.escape(storage.address(name)) for name in names])
    if by:
        rows = rows.order(", ".join(quoted(name) for name in by))
    rows.write_parquet(str(into), compression="zstd", row_group_size=ROWS_OF_A_GROUP)


@contextmanager
def lake_errors() -> Iterator[None]:
    """Translate an engine's errors about a missing or damaged file, which occur only on reading."""
    try:
        yield
    except duckdb.Error as error:
        raise CorruptData(f"The lake cannot be read: {error}", hint=REBUILD) from error
    except Exception as error:  # all but Spark's errors are re-raised
        # Spark's error classes cannot be imported if Spark is not installed.
        if not type(error).__module__.startswith(("pyspark.", "py4j.")):
            raise
        first_line = str(error).partition("\n")[0]
        raise CorruptData(f"The lake cannot be read: {first_line}", hint=REBUILD) from error


def _connect_duckdb(storage: LakeStorage) -> duckdb.DuckDBPyConnection:
    # Spill beside a local lake: that disk has room for data.
    own = {} if storage.filesystem else {"temp_directory": storage.address("spill")}
    connection = duckdb.connect(config={**_DUCKDB, **own})
    use_utc(connection)
    if storage.filesystem is not None:
        connection.register_filesystem(storage.filesystem)
    return connection


def _read_by_spark(backend: Any, addresses: Sequence[str], *, manifest: Manifest) -> ibis.Table:
    """The same on Spark: the day in a file's path must not become a column, nor the path a pattern."""
    patterns = [_WILD.sub(r"\\\g<0>", address) for address in addresses]
    session = backend._session  # noqa: SLF001  Ibis reads one path only
    options = {"recursiveFileLookup": "true", "mergeSchema": str(manifest.kind == "rows").lower()}
    frame = session.read.options(**options).parquet(*patterns)
    if manifest.is_outdated:
        frame = frame.withColumn("known_at", frame.ts).withColumn("backfilled", frame.ts.isNotNull())
    # A process has one session, in which a second lake under the same name would take the place of the first.
    view = f"{manifest.kind}_{next(_VIEWS)}"
    frame.createTempView(view)
    return backend.table(view)

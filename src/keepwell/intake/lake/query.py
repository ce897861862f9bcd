"""SQL over a lake: it may read the lake's own files, and nothing else of the machine."""

from __future__ import annotations

import glob
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
from pyarrow import compute

from keepwell.intake.lake.engines import empty_table, open_duckdb, read_files, reading_lake
from keepwell.intake.lake.manifest import Manifest, read_manifest
from keepwell.intake.lake.rows import NO_ROWS
from keepwell.intake.lake.shape import EVENT_COLUMNS
from keepwell.intake.lake.storage import Folder, open_folder
from keepwell.platform.errors import DataValidationError, NotFound


def query(location: str | Path, sql: str) -> pa.RecordBatchReader:
    """The result of one SELECT in DuckDB's SQL; its table is `events`, or `rows` in a lake of other rows.

    The session's time zone is UTC. Raises DataValidationError for anything but one SELECT, or one that
    DuckDB refuses; NotFound where there is no lake; CorruptData where a file is gone or damaged.
    """
    folder = open_folder(location)
    manifest = read_manifest(folder)
    if manifest is None:
        raise NotFound(f"{folder.address('')}: there is no lake.", hint="`lake build` makes one.")
    _require_one_select(sql)
    backend = open_duckdb(folder)
    with reading_lake():
        _define_table(backend, folder, manifest)
    _shut_in(backend.con, folder)
    try:
        return backend.con.sql(sql).to_arrow_reader()
    except (duckdb.IOException, duckdb.InvalidInputException):
        with reading_lake():
            raise
    except duckdb.Error as error:
        raise DataValidationError(f"{error}", hint=f"The table is {manifest.kind}.") from error


def readable(batch: pa.RecordBatch) -> pa.RecordBatch:
    """`batch` with its instants as texts such as 2024-05-01T12:00:00.000000Z."""
    columns = [
        compute.strftime(column.cast(pa.timestamp("us")), format="%Y-%m-%dT%H:%M:%SZ")
        if pa.types.is_timestamp(column.type) and column.type.tz
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _require_one_select(sql: str) -> None:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise DataValidationError(f"{error}", hint="Write one SELECT in DuckDB's SQL.") from error
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise DataValidationError(
            "Only one SELECT can be run over a lake.",
            hint='Such as: lake query "select count(*) from events"',
        )


def _define_table(backend: ibis.BaseBackend, folder: Folder, manifest: Manifest) -> None:
    if manifest.files:
        addresses = [folder.address(file.name) for file in manifest.files]
        read_files(backend, addresses, kind=manifest.kind)
    else:
        empty = EVENT_COLUMNS if manifest.kind == "events" else NO_ROWS
        empty_table(backend, empty, kind=manifest.kind)


def _shut_in(connection: duckdb.DuckDBPyConnection, folder: Folder) -> None:
    """From now on no statement reaches a file outside of the lake or a variable here, nor changes a setting."""
    address = folder.address("")
    # A path of ours is matched as the pattern that stands for it alone.
    connection.execute("set allowed_directories = [$1, $2]", [address, glob.escape(address)])
    connection.execute("set python_enable_replacements = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")

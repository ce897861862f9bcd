"""SQL over a lake, limited to the lake's own files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
from pyarrow import compute

from keepwell.intake.lake.columns.rows import NO_ROWS
from keepwell.intake.lake.columns.shape import EVENT_COLUMNS
from keepwell.intake.lake.engines import empty_table, lake_errors, open_duckdb, read_files
from keepwell.intake.lake.manifest import Manifest, read_manifest
from keepwell.intake.lake.storage import LakeStorage, open_storage
from keepwell.intake.lake.store import restrict_access
from keepwell.platform.errors import DataValidationError, NotFound


def query(location: str | Path, sql: str) -> pa.RecordBatchReader:
    """The result of one SELECT in DuckDB's SQL; its table is `events`, or `rows` in a lake of other rows.

    The session's time zone is UTC. Raises DataValidationError for anything but one SELECT, or an invalid one;
    NotFound if there is no lake; CorruptData if a file is missing or damaged.
    """
    storage = open_storage(location)
    manifest = read_manifest(storage)
    if manifest is None:
        raise NotFound(f"{storage.address('')}: there is no lake.", hint="`lake build` creates one.")
    _require_one_select(sql)
    backend = open_duckdb(storage)
    with lake_errors():
        _define_table(backend, storage, manifest)
    restrict_access(backend.con, storage.address(""))
    try:
        return backend.con.sql(sql).to_arrow_reader()
    except (duckdb.IOException, duckdb.InvalidInputException):
        with lake_errors():
            raise
    except duckdb.Error as error:
        raise DataValidationError(f"{error}", hint=f"The table is {manifest.kind}.") from error


def readable(batch: pa.RecordBatch) -> pa.RecordBatch:
    """`batch` with instants as texts such as 2024-05-01T12:00:00.000000Z."""
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
            "Only a single SELECT can be run over a lake.",
            hint='For example: lake query "select count(*) from events"',
        )


def _define_table(backend: ibis.BaseBackend, storage: LakeStorage, manifest: Manifest) -> None:
    if manifest.files:
        addresses = [storage.address(file.name) for file in manifest.files]
        read_files(backend, addresses, manifest=manifest)
    else:
        empty = EVENT_COLUMNS if manifest.kind == "events" else NO_ROWS
        empty_table(backend, empty, kind=manifest.kind)

"""The folder of an export: written beside its place, and put there when it is complete."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
from pyarrow import csv, parquet

from keepwell.churn.export.model import MANIFEST, ExportedFile, FileFormat
from keepwell.platform.cli.output_folder import output_folder
from keepwell.platform.formats.csv_cells import safe_cell

_HINT = "Name an empty folder, or a new one."


class _Written(msgspec.Struct, frozen=True):
    """As much of a manifest as every release wrote, and nobody else's has: another `manifest.json` is a web application's."""

    recorded_until: date
    files: Sequence[ExportedFile]


def replaced(folder: Path) -> AbstractContextManager[Path]:
    """A new folder whose files replace those of an earlier export in `folder` at the end; raises as `output_folder`."""
    return output_folder(folder, own=_own_names, marker=MANIFEST, hint=_HINT)


def write_table(
    folder: Path, name: str, batches: Iterable[pa.RecordBatch], *, schema: pa.Schema, form: FileFormat
) -> ExportedFile:
    """Write the batches to the file `name` in the folder; raises OSError."""
    path = folder / f"{name}.{form}"
    rows = 0
    with path.open("wb") as stream:
        make = parquet.ParquetWriter if form == "parquet" else csv.CSVWriter
        with make(stream, schema) as writer:
            for batch in batches:
                writer.write_batch(batch if form == "parquet" else _safe_cells(batch))
                rows += batch.num_rows
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return ExportedFile(name=path.name, rows=rows, columns=schema.names, sha256=digest)


def _safe_cells(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with texts that no spreadsheet takes for a formula."""
    columns = [_safe_column(each) if pa.types.is_string(each.type) else each for each in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _safe_column(column: pa.Array) -> pa.Array:
    # A column repeats few texts many times.
    found = column.dictionary_encode()
    safe = [None if each is None else safe_cell(each) for each in found.dictionary.to_pylist()]
    return pa.array(safe, pa.string()).take(found.indices)


def _own_names(folder: Path) -> Collection[str]:
    """The files that the export in `folder` consists of, as its manifest says; none if it is no manifest of an export."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Written)
    except (FileNotFoundError, IsADirectoryError, msgspec.MsgspecError):
        return ()
    return {MANIFEST, *(each.name for each in manifest.files)}

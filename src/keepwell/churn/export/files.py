"""The folder of an export: written beside its place, and put there when it is complete."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from keepwell.churn.export.model import MANIFEST, ExportedFile, FileFormat
from keepwell.platform.errors import Conflict, StorageFull, Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of `folder` at the end; nothing is left of it if that fails.

    Raises Conflict if `folder` has something else than an export in it, StorageFull if the disk is, Unavailable if it cannot be written.
    """
    new = folder.with_name(f"{folder.name}.new")
    try:
        _require_export(folder)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        yield new
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)
    except OSError as error:
        if error.errno in _FULL:
            hint = "Free space, or name a folder on another disk; an earlier export is still there."
            raise StorageFull(f"The disk of {folder} is full.", hint=hint) from error
        hint = "Name a folder that you may write to."
        raise Unavailable(f"Cannot write {folder}: {error.strerror or error}.", hint=hint) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


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
                writer.write_batch(batch)
                rows += batch.num_rows
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return ExportedFile(name=path.name, rows=rows, columns=schema.names, sha256=digest)


def _require_export(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise Conflict(f"{folder} contains something else.", hint="Name an empty folder, or a new one.")

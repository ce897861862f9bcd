"""Makes of a journal and a lake what the release before `known_at` would have left."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pyarrow as pa
from pyarrow import parquet

from keepwell.intake.lake.manifest import MANIFEST, LakeFile, decode_manifest

ITS_COLUMNS = ["account", "ts", "event", "message_id", "properties"]


def forget_arrivals(state: sqlite3.Connection) -> None:
    """Take from an open state what says how its rows became known."""
    state.execute("alter table segment drop column arrivals")
    state.execute("drop table history_read")
    for *values, _ in state.execute("select * from segment").fetchall():
        checksum = hashlib.blake2b(msgspec.json.encode(values), digest_size=8).hexdigest()
        state.execute(
            "update segment set checksum = ? where stream = ? and number = ?", (checksum, *values[:2])
        )


def age_journal(root: Path) -> None:
    """Give the journal in `root` the state of that release."""
    with closing(sqlite3.connect(root / "state.db", isolation_level=None)) as state:
        forget_arrivals(state)
        state.execute("pragma user_version = 6")


def age_lake(folder: Path) -> None:
    """Give the lake of events in `folder` the files and the manifest of that release, which named no shape."""
    manifest = decode_manifest((folder / MANIFEST).read_bytes(), place=MANIFEST)
    files = [_aged(folder, file) for file in manifest.files]
    document = msgspec.to_builtins(msgspec.structs.replace(manifest, files=files))
    del document["shape"]
    content = msgspec.json.encode(document)
    checksum = hashlib.blake2b(content, digest_size=16).hexdigest()
    stored = msgspec.json.encode({"blake2b": checksum, "manifest": msgspec.Raw(content)})
    (folder / MANIFEST).write_bytes(stored)


def _aged(folder: Path, file: LakeFile) -> LakeFile:
    path = folder / file.name
    name = file.name.replace("-v2", "")
    sink = pa.BufferOutputStream()
    parquet.write_table(parquet.read_table(path, columns=ITS_COLUMNS), sink, compression="zstd")
    path.unlink()
    content = sink.getvalue().to_pybytes()
    (folder / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return msgspec.structs.replace(file, name=name, bytes=len(content), sha256=digest)

"""Writing into a lake: first the files, then the manifest that lists them, and only then are others removed.

A crash in between leaves files that no manifest lists, or a manifest whose files all exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import parquet

from keepwell.intake.lake.manifest import (
    MANIFEST,
    ROWS_OF_A_GROUP,
    LakeFile,
    Manifest,
    decode_manifest,
    encode_manifest,
    has_content,
    read_manifest,
)
from keepwell.intake.lake.storage import REBUILD, LakeStorage
from keepwell.platform.errors import Conflict, CorruptData, NotFound

# Ids and times hardly repeat: a dictionary of them is written and thrown away. Both times of an account grow.
_ENCODING_OF_EVENTS: Any = {
    "use_dictionary": ["account", "event"],
    "column_encoding": {"ts": "DELTA_BINARY_PACKED", "known_at": "DELTA_BINARY_PACKED"},
}


class LakeWriter:
    """A lake that only this process changes."""

    def __init__(self, storage: LakeStorage, manifest: Manifest) -> None:
        self.storage = storage
        self.files = {file.name: file for file in manifest.files}
        self.segments = dict(manifest.segments)
        self._manifest = manifest
        self._stored = storage.read(MANIFEST)
        self._is_partial = self._stored is None

    @property
    def sort_columns(self) -> Sequence[str]:
        """The columns that each file is sorted by."""
        return self._manifest.sort_columns

    @property
    def is_new(self) -> bool:
        """Whether there is no manifest yet."""
        return self._stored is None

    @property
    def is_partial(self) -> bool:
        """Whether readers must not see it before it is complete, since what they have now is."""
        return self._is_partial

    @property
    def is_outdated(self) -> bool:
        """Whether its files are of an older shape than those that are written today."""
        return self._manifest.is_outdated

    @property
    def shape(self) -> int:
        """The shape of the files to write."""
        return self._manifest.shape

    def start_over(self, *, shape: int) -> None:
        """Publish next a lake of this shape, without anything of the present one, which readers have until then."""
        self.files, self.segments = {}, {}
        self._is_partial = True
        self._manifest = msgspec.structs.replace(self._manifest, shape=shape)

    def write(self, name: str, table: pa.Table, *, segments: Iterable[str]) -> None:
        """Write the sorted rows of `table` to the file `name`, which is valid from the next `publish` on."""
        sink = pa.BufferOutputStream()
        encoding = _ENCODING_OF_EVENTS if "known_at" in table.column_names else {}
        parquet.write_table(table, sink, compression="zstd", row_group_size=ROWS_OF_A_GROUP, **encoding)
        self.put(name, sink.getvalue().to_pybytes(), rows=table.num_rows, segments=segments)

    def put(self, name: str, content: bytes, *, rows: int, segments: Iterable[str]) -> None:
        """The same for the content of a Parquet file."""
        self.storage.publish(name, content)
        self.files[name] = LakeFile(
            name=name,
            rows=rows,
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            segments=sorted(segments),
        )

    def forget(self, names: Iterable[str]) -> None:
        """Remove these files from the next published manifest."""
        for name in names:
            del self.files[name]

    def publish(self) -> None:
        """Publish everything written and forgotten, atomically and durably.

        Raises Conflict if another writer has published meanwhile, which is only possible behind a URL.
        """
        manifest = msgspec.structs.replace(
            self._manifest,
            files=sorted(self.files.values(), key=lambda file: file.name),
            segments=dict(sorted(self.segments.items())),
        )
        content = encode_manifest(manifest)
        if content == self._stored:
            return
        if self.storage.read(MANIFEST) != self._stored:
            raise Conflict(
                f"{self.storage.address(MANIFEST)}: another process is writing to this lake.",
                hint="Let one process write at a time, and run the same command again.",
            )
        self.storage.sync()
        self.storage.publish(MANIFEST, content)
        self.storage.sync()
        self._manifest, self._stored = manifest, content
        self._is_partial = False

    def sweep(self) -> None:
        """Remove the files that the published manifest does not list: left by a crash, or replaced."""
        named = {file.name for file in self._manifest.files}
        for name in self.storage.files():
            if name not in named:
                self.storage.remove(name)
        self.storage.sync()

    def lost_files(self, *, check: bool) -> dict[str, LakeFile]:
        """Listed files that are missing or of the wrong length; with `check`, also of the wrong hash."""
        found = self.storage.files()
        return {
            name: file
            for name, file in self.files.items()
            if found.get(name) != file.bytes or (check and not has_content(self.storage, file))
        }


@contextmanager
def open_writer(storage: LakeStorage, *, purpose: str, new: Manifest | None = None) -> Iterator[LakeWriter]:
    """Open the lake in `storage`; if it does not exist, one that begins as `new`.

    Raises NotFound if it does not exist and `new` is not given, Conflict if another process writes, or if the
    lake is of another kind than `new`, and CorruptData for a damaged manifest.
    """
    if new is None and read_manifest(storage) is None:
        # Before the lock, which would create the folder.
        raise NotFound(f"{storage.address('')}: there is no lake.", hint="`lake build` creates one.")
    with storage.locked(purpose):
        content = storage.read(MANIFEST)
        if content is not None:
            manifest = decode_manifest(content, place=storage.address(MANIFEST))
        elif new is not None:
            # Files without a manifest are not valid, nor are those from before there were manifests: they
            # are rebuilt from the journal.
            manifest = new
        else:
            raise CorruptData(f"{storage.address(MANIFEST)}: is missing.", hint=REBUILD)
        if new is not None and _kind(manifest) != _kind(new):
            raise Conflict(
                f"{storage.address('')}: this lake has other rows, or is sorted and dated by other fields.",
                hint=f"Build it with {_options(manifest)}, or into another storage.",
            )
        yield LakeWriter(storage, manifest)


def _kind(manifest: Manifest) -> tuple[str, str | None, str | None]:
    return manifest.kind, manifest.key, manifest.time


def _options(manifest: Manifest) -> str:
    if manifest.kind == "events":
        return "the journal of a workspace"
    fields = (
        f"--{name} {value}" for name, value in (("key", manifest.key), ("time", manifest.time)) if value
    )
    return " ".join(fields) or "neither --key nor --time"

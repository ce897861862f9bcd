"""Writing into a lake: files first, then the manifest that names them, and only then are others removed.

A crash in between leaves files that no manifest names, or a manifest whose files are all there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

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
    read_manifest,
)
from keepwell.intake.lake.storage import REBUILD, Folder
from keepwell.platform.errors import Conflict, CorruptData, NotFound


class LakeWriter:
    """A lake that this process alone changes."""

    def __init__(self, folder: Folder, manifest: Manifest) -> None:
        self.folder = folder
        self.files = {file.name: file for file in manifest.files}
        self.segments = dict(manifest.segments)
        self._manifest = manifest
        self._stored = folder.read(MANIFEST)

    @property
    def sort_columns(self) -> Sequence[str]:
        """The columns that each file is sorted by."""
        return self._manifest.sort_columns

    @property
    def is_new(self) -> bool:
        """Whether no manifest stands yet."""
        return self._stored is None

    def write(self, name: str, table: pa.Table, *, segments: Iterable[str]) -> None:
        """Write `table`, whose rows are sorted, as the file `name`; it counts from the next `publish` on."""
        sink = pa.BufferOutputStream()
        parquet.write_table(table, sink, compression="zstd", row_group_size=ROWS_OF_A_GROUP)
        self.put(name, sink.getvalue().to_pybytes(), rows=table.num_rows, segments=segments)

    def put(self, name: str, content: bytes, *, rows: int, segments: Iterable[str]) -> None:
        """The same for the content of a Parquet file."""
        self.folder.publish(name, content)
        self.files[name] = LakeFile(
            name=name,
            rows=rows,
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            segments=sorted(segments),
        )

    def forget(self, names: Iterable[str]) -> None:
        """From the next `publish` on these files do not count."""
        for name in names:
            del self.files[name]

    def publish(self) -> None:
        """Make what was written and forgotten count, at once and durably.

        Raises Conflict where another writer has published since, which happens only behind a URL.
        """
        manifest = msgspec.structs.replace(
            self._manifest,
            files=sorted(self.files.values(), key=lambda file: file.name),
            segments=dict(sorted(self.segments.items())),
        )
        content = encode_manifest(manifest)
        if content == self._stored:
            return
        if self.folder.read(MANIFEST) != self._stored:
            raise Conflict(
                f"{self.folder.address(MANIFEST)}: another process writes into this lake.",
                hint="Let one process write at a time, and run the same command again.",
            )
        self.folder.settle()
        self.folder.publish(MANIFEST, content)
        self.folder.settle()
        self._manifest, self._stored = manifest, content

    def sweep(self) -> None:
        """Remove the files that the published manifest does not name: of a crash, or replaced since."""
        named = {file.name for file in self._manifest.files}
        for name in self.folder.files():
            if name not in named:
                self.folder.remove(name)
        self.folder.settle()

    def lost(self, *, check: bool) -> dict[str, LakeFile]:
        """The files that count but are gone or not of their length; with `check`, not of their hash."""
        found = self.folder.files()
        return {
            name: file
            for name, file in self.files.items()
            if found.get(name) != file.bytes or (check and self._is_changed(file))
        }

    def _is_changed(self, file: LakeFile) -> bool:
        return hashlib.sha256(self.folder.read(file.name) or b"").hexdigest() != file.sha256


@contextmanager
def writing(folder: Folder, *, held_for: str, new: Manifest | None = None) -> Iterator[LakeWriter]:
    """Open the lake in `folder`, or where there is none one that begins as `new`.

    Raises NotFound where there is none and `new` is not given, Conflict where another process writes, or
    where the lake is of another kind than `new`, and CorruptData for a damaged manifest.
    """
    with folder.held(held_for):
        content = folder.read(MANIFEST)
        if content is not None:
            manifest = decode_manifest(content, place=folder.address(MANIFEST))
        elif new is not None:
            # Files without a manifest do not count, those of the release before manifests neither: they
            # are made anew from the journal.
            manifest = new
        elif read_manifest(folder) is None:
            raise NotFound(f"{folder.address('')}: there is no lake.", hint="`lake build` makes one.")
        else:
            raise CorruptData(f"{folder.address(MANIFEST)}: is missing.", hint=REBUILD)
        if new is not None and _form(manifest) != _form(new):
            raise Conflict(
                f"{folder.address('')}: is a lake of other rows, or sorted and dated by other fields.",
                hint=f"Build it with {_options(manifest)}, or into another folder.",
            )
        yield LakeWriter(folder, manifest)


def _form(manifest: Manifest) -> tuple[str, str | None, str | None]:
    return manifest.kind, manifest.key, manifest.time


def _options(manifest: Manifest) -> str:
    if manifest.kind == "events":
        return "the journal of a workspace"
    fields = (
        f"--{name} {value}" for name, value in (("key", manifest.key), ("time", manifest.time)) if value
    )
    return " ".join(fields) or "neither --key nor --time"

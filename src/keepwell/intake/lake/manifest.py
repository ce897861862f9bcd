"""The manifest of a lake: its valid files, and the segments whose rows are in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from keepwell.intake.lake.storage import REBUILD, LakeStorage
from keepwell.platform.errors import CorruptData

MANIFEST = "manifest.json"
DAY_FOLDER = "day="
NO_DAY = "unknown"
# The event time of a row as an instant.
TIME = "_time"
EVENT_ORDER = ("account", "ts", "event", "message_id")
ROWS_OF_A_GROUP = 122_880

KindName: TypeAlias = Literal["events", "rows"]
# The newest shape of the files of each kind. An older lake is rebuilt. Since 2, events have `known_at` and `backfilled`.
SHAPES: Mapping[KindName, int] = {"events": 2, "rows": 1}

_EARLIER_RELEASE = re.compile(r"day=\d{4}-\d{2}-\d{2}/ok-\d{6}\.parquet")


class LakeFile(msgspec.Struct, frozen=True, kw_only=True):
    """A Parquet file: its name in the lake, and the segments that its rows come from."""

    name: str
    rows: int
    bytes: int
    sha256: str
    segments: Sequence[str]

    @property
    def day(self) -> date | None:
        """The UTC day of its rows; None for rows without a readable time."""
        return day_of(self.name)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of a lake.

    `segments` has the SHA-256 of each segment (`journal/ok-000000`) as it was built. Rows are sorted by
    `key`, then by time; `key` and `time` are fields of the rows, or None if the lake has none. `shape` is that of the
    files; manifests did not name the first one.
    """

    kind: KindName
    key: str | None = None
    time: str | None = None
    files: Sequence[LakeFile] = ()
    segments: Mapping[str, str] = {}
    shape: int = 1

    @property
    def is_outdated(self) -> bool:
        """Whether its files are of an older shape than those that are written today."""
        return self.shape < SHAPES[self.kind]

    @property
    def sort_columns(self) -> Sequence[str]:
        """The columns that each file is sorted by."""
        if self.kind == "events":
            return EVENT_ORDER
        return [*filter(None, [self.key]), *([TIME] if self.time else [])]


class _StoredManifest(msgspec.Struct, frozen=True):
    """The manifest as a file, with a checksum that detects a flipped bit."""

    blake2b: str
    manifest: msgspec.Raw


_decode_stored = msgspec.json.Decoder(_StoredManifest).decode
_decode_manifest = msgspec.json.Decoder(Manifest).decode


def day_of(name: str) -> date | None:
    """The day of the file `name`, by its folder."""
    day = name.partition("/")[0].removeprefix(DAY_FOLDER)
    return None if day == NO_DAY else date.fromisoformat(day)


def folder_of(day: date | None) -> str:
    """The folder of a day."""
    return f"{DAY_FOLDER}{day or NO_DAY}"


def file_name(stem: str, *, day: date | None, shape: int) -> str:
    """The name of a file: no two shapes share one, so that the files of one stay while those of the next are written."""
    return f"{folder_of(day)}/{stem}{f'-v{shape}' if shape > 1 else ''}.parquet"


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as it is stored, one file per line."""
    content = msgspec.json.encode(manifest).replace(b'{"name":', b'\n{"name":')
    return msgspec.json.encode(_StoredManifest(_checksum(content), msgspec.Raw(content)))


def decode_manifest(content: bytes, *, place: str) -> Manifest:
    """The manifest in `content`; raises CorruptData naming `place` if it is invalid or was changed."""
    try:
        stored = _decode_stored(content)
        if stored.blake2b != _checksum(bytes(stored.manifest)):
            raise CorruptData(f"{place}: has been changed.", hint=_rebuild_hint(place))
        manifest = _decode_manifest(stored.manifest)
    except msgspec.MsgspecError as error:
        raise CorruptData(f"{place}: is not a manifest: {error}.", hint=_rebuild_hint(place)) from error
    if manifest.shape > SHAPES[manifest.kind]:
        raise CorruptData(
            f"{place}: was written by a newer Keepwell.",
            hint=f"Use that version, or a newer one. {_rebuild_hint(place)}",
        )
    return manifest


def read_manifest(storage: LakeStorage) -> Manifest | None:
    """The manifest of the lake in `storage`; None if there is no lake.

    Raises CorruptData if it is damaged, or missing although there are files.
    """
    place = storage.address(MANIFEST)
    if (content := storage.read(MANIFEST)) is not None:
        return decode_manifest(content, place=place)
    sizes = storage.files()
    # Before there were manifests, all files had such names, and all of them were valid.
    earlier = sorted(name for name in sizes if _EARLIER_RELEASE.fullmatch(name))
    if earlier:
        files = [LakeFile(name=name, rows=0, bytes=sizes[name], sha256="", segments=()) for name in earlier]
        return Manifest(kind="events", key="account", time="ts", files=files)
    if any(name.endswith(".parquet") for name in sizes):
        raise CorruptData(f"{place}: is missing although there are files of a lake.", hint=REBUILD)
    return None


def has_content(storage: LakeStorage, file: LakeFile) -> bool:
    """Whether the file's bytes are those that were built."""
    return hashlib.sha256(storage.read(file.name) or b"").hexdigest() == file.sha256


def _rebuild_hint(place: str) -> str:
    return f"Delete {place} and run `lake build`: it rebuilds the lake from the journal."


def _checksum(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()

"""Types and rules of intake: rows, refusals, dead letters, segments and sources. Pure."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar
from zlib import crc32

import msgspec

from keepwell.platform.errors import DataValidationError, OutcomeUnknown

StreamName: TypeAlias = Literal["ok", "dlq"]
# When rows became known: an event over HTTP when it was received, as its row says; other rows when they were committed; those
# of a history, which was there before anything could be known, when they happened.
ArrivalKind: TypeAlias = Literal["received", "committed", "history"]
ACCEPTED: StreamName = "ok"
DEAD_LETTERS: StreamName = "dlq"
# By PostHog's name: a call with it happened before the product was connected, and is not late.
HISTORY_FLAG = "historical_migration"
# Imports, and every `tail --into`, write to the intake folder itself.
OWN_JOURNAL = "journal"
# Inside a workspace's intake folder: the journals of the server, and of `tail --workspace`.
HTTP_JOURNAL = "http"
TAIL_JOURNAL = "tail"
STREAMS: Sequence[StreamName] = (ACCEPTED, DEAD_LETTERS)

RESTORE = (
    "Keep a copy of its folder as it is, then restore it from a backup; "
    "or move it away and send the same rows again."
)

_DIGEST_BYTES = 16


class Doubtful(OutcomeUnknown):
    """Some files were perhaps not read exactly once."""

    exit_code = 5


class TooLarge(DataValidationError):
    """The request is too large."""

    code = "too-large"
    http_status = 413


class Context(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where an event happened: Segment's group, which is the account by its id in the source."""

    group_id: str


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The part of a Segment call that Keepwell reads.

    `timestamp` is aware. On the wire the names are Segment's: `messageId`, `context.groupId`, `userId`.
    """

    type: Literal["track"] = "track"
    message_id: str
    event: str
    timestamp: datetime
    context: Context
    user_id: str | None = None
    properties: Mapping[str, Any] = {}

    def digest(self) -> str:
        """BLAKE2b of the content, independent of the time zone and of the order of the properties."""
        canonical = msgspec.structs.replace(self, timestamp=self.timestamp.astimezone(UTC))
        return _digest(msgspec.json.encode(canonical, order="sorted"))


Row = TypeVar("Row", Event, bytes)


class SourcedRow(msgspec.Struct, Generic[Row], frozen=True):
    """A row with its origin.

    `row` is an event, or one in JSON as bytes. `line` counts from 1 in the file `source`. `text` is the row
    as the source wrote it if that is not JSON; dead letters show it.
    """

    source: str
    line: int
    row: Row
    text: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Why a row was rejected: a stable code, a sentence, and the JSON pointer of the fault."""

    code: str
    reason: str
    pointer: str = ""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rejected row: its origin, the reason, and the row itself.

    `line` counts from 1 and `offset` in bytes from 0 in the file `source`. `code` is short and stable
    (`schema`, `invalid-json`, `duplicate-id`, ...), `reason` a plain sentence. `field` is the JSON pointer of
    the fault, or the name of the field if the row is not JSON. The row is text in `row`, or in `row_base64`
    if it is not UTF-8; of a row that is too large only `length` and `sha256` are kept.
    """

    source: str
    line: int | None
    offset: int | None = None
    code: str
    reason: str
    field: str = ""
    row: str = ""
    row_base64: str = ""
    length: int | None = None
    sha256: str = ""
    received_at: datetime

    def digest(self) -> str:
        """BLAKE2b of origin, code and row: a row that arrives again gives the same dead letter."""
        return _digest(msgspec.json.encode((self.source, self.line, self.code, self.row or self.row_base64)))

    def row_bytes(self) -> bytes | None:
        """The row as it arrived; None if only its length and hash were kept."""
        if self.length is not None:
            return None
        return b64decode(self.row_base64) if self.row_base64 else self.row.encode()


def dead_letter(row: bytes, refusal: Refusal, *, source: str, line: int | None, now: datetime) -> DeadLetter:
    """The dead letter for `row`, rejected by `refusal`."""
    try:
        text, encoded = row.decode(), ""
    except UnicodeDecodeError:
        text, encoded = "", b64encode(row).decode()
    return DeadLetter(
        source=source,
        line=line,
        code=refusal.code,
        reason=refusal.reason,
        field=refusal.pointer,
        row=text,
        row_base64=encoded,
        received_at=now,
    )


class AppendResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for a number of rows: each is accepted, unchanged (a repeat), or dead-lettered.

    `already_dead_lettered` of the dead-lettered ones were stored before. `reasons` counts them all by code.
    """

    accepted: int = 0
    unchanged: int = 0
    dead_lettered: int = 0
    already_dead_lettered: int = 0
    reasons: Mapping[str, int] = {}

    def __add__(self, other: AppendResult) -> AppendResult:
        codes = self.reasons.keys() | other.reasons.keys()
        return AppendResult(
            accepted=self.accepted + other.accepted,
            unchanged=self.unchanged + other.unchanged,
            dead_lettered=self.dead_lettered + other.dead_lettered,
            already_dead_lettered=self.already_dead_lettered + other.already_dead_lettered,
            reasons={code: self.reasons.get(code, 0) + other.reasons.get(code, 0) for code in sorted(codes)},
        )


class SeenEvent(msgspec.Struct, frozen=True):
    """The event that owns a message id: the digest of its content and its origin."""

    message_id: str
    digest: str
    source: str
    line: int


class SourceSpan(msgspec.Struct, frozen=True, array_like=True):
    """The part of one source in a segment: positions `first` to before `end`, which held `rows` rows.

    A position is a byte offset in a followed file, and a line in an imported export.
    """

    first: int
    end: int
    rows: int

    def joined(self, later: SourceSpan) -> SourceSpan:
        """The span from the start of this one to the end of `later`."""
        return SourceSpan(min(self.first, later.first), max(self.end, later.end), self.rows + later.rows)


class Block(msgspec.Struct, frozen=True, array_like=True):
    """The bytes of one commit in a segment: their number and CRC-32, which locates damage."""

    bytes: int
    crc32: int


class Arrival(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive rows of a segment that became known in the same way, and the time of their last commit."""

    rows: int
    at: datetime
    kind: ArrivalKind

    def joins(self, later: Arrival) -> bool:
        """Whether `later` needs no record of its own: only commit times are told apart, by the second."""
        is_same_second = later.at.replace(microsecond=0) == self.at.replace(microsecond=0)
        return later.kind == self.kind and (is_same_second or self.kind != "committed")


def arrivals_without(
    arrivals: Sequence[Arrival], removed: Collection[int], *, first: int = 0
) -> Sequence[Arrival]:
    """The `arrivals` of the rows from the index `first` on, without those at the indices `removed`."""
    left, start = [], first
    for arrival in arrivals:
        end = start + arrival.rows
        kept = arrival.rows - sum(start <= index < end for index in removed)
        left += [Arrival(kept, arrival.at, arrival.kind)] if kept else []
        start = end
    return left


class Chunk(msgspec.Struct, frozen=True):
    """Whole lines to append to a stream, their number, their sources, and how they became known."""

    data: bytes
    rows: int
    sources: Mapping[str, SourceSpan]
    arrival: ArrivalKind = "committed"


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One journal file as far as it is committed; once sealed, this record is its manifest.

    `bytes` is its length, `sha256` the hexadecimal hash of that many bytes; `schema_id` the schema that its
    rows were validated by, if it came from a file. `arrivals` are of accepted rows, in their order; an earlier release
    recorded none, so that they may lack the first rows of a segment, or all.
    """

    stream: StreamName
    number: int
    rows: int = 0
    bytes: int = 0
    sha256: str = hashlib.sha256().hexdigest()
    sealed_at: datetime | None = None
    schema_id: str | None = None
    sources: Mapping[str, SourceSpan] = {}
    blocks: Sequence[Block] = ()
    arrivals: Sequence[Arrival] = ()

    def grown(self, chunk: Chunk, *, sha256: str) -> Segment:
        """This segment with `chunk` appended; `sha256` is the hash of the result."""
        sources = dict(self.sources)
        for source, span in chunk.sources.items():
            sources[source] = sources[source].joined(span) if source in sources else span
        return msgspec.structs.replace(
            self,
            rows=self.rows + chunk.rows,
            bytes=self.bytes + len(chunk.data),
            sha256=sha256,
            sources=sources,
            blocks=[*self.blocks, Block(len(chunk.data), crc32(chunk.data))],
        )

    def arrived(self, arrival: Arrival) -> Segment:
        """This segment with the arrival of its last rows."""
        if not self.arrivals or not self.arrivals[-1].joins(arrival):
            return msgspec.structs.replace(self, arrivals=[*self.arrivals, arrival])
        *earlier, last = self.arrivals
        joined = Arrival(last.rows + arrival.rows, max(last.at, arrival.at), last.kind)
        return msgspec.structs.replace(self, arrivals=[*earlier, joined])

    @property
    def unrecorded(self) -> int:
        """How many rows, the first ones, an earlier release accepted without recording their arrival."""
        return self.rows - sum(arrival.rows for arrival in self.arrivals)

    @property
    def name(self) -> str:
        """Its file's name without the suffix."""
        return f"{self.stream}-{self.number:06d}"

    @property
    def open_name(self) -> str:
        """Its file's name while rows are appended."""
        return f"{self.name}.open"

    @property
    def sealed_name(self) -> str:
        """Its file's name once it is sealed."""
        return f"{self.name}.jsonl"

    @property
    def rewritten_name(self) -> str:
        """Its file's name between being rewritten and replacing the old file."""
        return f"{self.name}.{self.sha256[:16]}.rewritten"


class Source(msgspec.Struct, frozen=True):
    """A followed file as far as it is committed.

    Its content identifies it: `head_sha256` is the hash of its first `head_bytes` (at most 1,024) and
    `before_sha256` that of the last 1,024 bytes, or fewer, before `offset`. `name` is the path where it was
    first found; path, device and inode are its latest. `offset` and both hashes refer to the text, even if
    the file is compressed; `finished_bytes` is the length of a compressed file that was read to its end.
    `lines` were read so far. `born` and `modified` are times of the latest file in nanoseconds, `modified` only if
    it was read to its end; `crc32` is that of all text before `offset`; `place` is the path from the intake
    folder. Records of earlier releases lack these.
    """

    id: int
    name: str
    path: str
    device: int
    inode: int
    head_bytes: int
    head_sha256: str
    offset: int
    before_sha256: str
    lines: int
    finished_bytes: int | None = None
    born: int | None = None
    modified: int | None = None
    crc32: int | None = None
    place: str = ""

    @property
    def label(self) -> str:
        """Its name in manifests: unlike a path, it is unique."""
        return f"{self.name}#{self.id}"


class Doubt(msgspec.Struct, frozen=True):
    """A source, by its label in manifests, whose rows may repeat those of another, and why that is not certain."""

    source: str
    why: str


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of rows per commit, the length at which a segment is sealed, and the longest row."""

    commit: int = 1_000_000
    segment: int = 10_000_000
    row: int = 1_000_000


class Erasure(msgspec.Struct, frozen=True):
    """The record of an erasure: when (ISO 8601), the SHA-256 of the account's id, the proof in JSON."""

    erased_at: str
    account_sha256: str
    proof: str


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()

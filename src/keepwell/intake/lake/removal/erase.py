"""Erasing an account: its rows leave the journal, the dead letters and the lake, and a proof is kept.

The journal comes first: after a crash the lake differs from its journal, which the next build corrects. The
ids of erased events stay recorded, so that sending the same export again does not bring them back; new events
of the account are new rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import msgspec

from keepwell.intake.journal.segments import read_lines
from keepwell.intake.lake.build import bring_up_to_date
from keepwell.intake.lake.kinds import LakeKind
from keepwell.intake.lake.location import LakeLocation, open_exclusively
from keepwell.intake.lake.reader import read_parquet
from keepwell.intake.lake.removal.matcher import Matcher, erased_letter
from keepwell.intake.lake.sources import LakeSource, segments_of, without_writer
from keepwell.intake.lake.writer import LakeWriter
from keepwell.intake.model import DEAD_LETTERS, Erasure, Segment
from keepwell.platform.clock import Clock
from keepwell.platform.errors import CorruptData, DataValidationError
from keepwell.platform.progress import Progress


class ErasedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that had rows of the account, before and after; `after_sha256` is None if none are left."""

    name: str
    rows_removed: int
    rows_left: int
    before_sha256: str
    after_sha256: str | None


class Scan(msgspec.Struct, frozen=True):
    """What was read, and how many rows of the account were found."""

    segments: int
    lake_files: int
    rows: int
    found: int


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that nothing of an account, identified by the SHA-256 of its id, is left.

    Counts are of accepted rows, dead letters and rows of the lake together, since each is a copy.
    """

    account_sha256: str
    erased_at: str
    first_scan: Scan
    files: Sequence[ErasedFile]
    second_scan: Scan


def erase(
    location: LakeLocation,
    kind: LakeKind,
    *,
    account: str,
    texts: Sequence[str] = (),
    clock: Clock,
    progress: Progress,
) -> Proof:
    """Remove every row of `account` from journal, dead letters and lake, and search again afterwards.

    Rows are matched by the column account, or the key field. A dead letter is matched if any value of its row
    is the account's id or one of the `texts`, or, if it is not JSON, if one of them occurs in it as a word; a
    placeholder without the row replaces it. The proof is stored in the state of each journal. If interrupted, it can be run again.
    Raises Conflict naming the process that writes rows or the lake, DataValidationError for a lake of rows
    without a key, CorruptData, StorageFull or InfrastructureError.
    """
    if not account or kind.empty.key is None:
        raise DataValidationError(
            "No field identifies the account of a row.", hint="Build the lake with --key FIELD first."
        )
    with (
        open_exclusively(location, kind.empty, purpose="erasing an account") as (lake, sources),
        ExitStack() as stack,
    ):
        for source in sources:
            stack.enter_context(without_writer(source, purpose="erasing an account", clock=clock))
        bring_up_to_date(lake, sources, kind=kind, progress=progress)
        # Remove also the files that compaction kept for readers.
        lake.sweep()
        eraser = _Eraser(lake, sources, matcher=Matcher(kind, account, texts=texts))
        first = eraser.scan(progress)
        files = [*eraser.erase_from_journals(), *eraser.erase_from_lake()]
        lake.publish()
        lake.sweep()
        proof = Proof(
            account_sha256=hashlib.sha256(account.encode()).hexdigest(),
            erased_at=clock.now().isoformat(),
            first_scan=first,
            files=files,
            second_scan=eraser.scan(progress),
        )
        if proof.second_scan.found:
            raise CorruptData(
                f"{proof.second_scan.found:,} rows of the account are still there.", hint="Run it again."
            )
        record = Erasure(proof.erased_at, proof.account_sha256, msgspec.json.encode(proof).decode())
        for source in sources:
            source.state.put_erasure(record)
    return proof


class _Eraser:
    def __init__(self, lake: LakeWriter, sources: Sequence[LakeSource], *, matcher: Matcher) -> None:
        self._lake = lake
        self._sources = sources
        self._matcher = matcher

    def scan(self, progress: Progress) -> Scan:
        """Read everything, and count the account's rows."""
        segments = segments_of(self._sources)
        files = list(self._lake.files.values())
        rows = found = 0
        with progress.step("Looking for rows", total=len(segments) + len(files)) as step:
            for source, segment in segments:
                rows += segment.rows
                found += len(self._matcher.lines_of(source, segment))
                step.advance()
            for file in files:
                rows += file.rows
                found += self._matcher.count(read_parquet(self._lake.storage, file.name))
                step.advance()
        return Scan(len(segments), len(files), rows, found)

    def erase_from_journals(self) -> Iterator[ErasedFile]:
        """Rewrite the segments that contain rows of the account."""
        for source, segment in segments_of(self._sources):
            if removed := self._matcher.lines_of(source, segment):
                after = source.rewrite(segment, _without(source, segment, removed), removed=removed)
                name = source.name_of(segment)
                if name in self._lake.segments:
                    self._lake.segments[name] = after.sha256
                yield ErasedFile(
                    name=name,
                    rows_removed=len(removed),
                    rows_left=segment.rows - len(removed),
                    before_sha256=segment.sha256,
                    after_sha256=after.sha256 if after.bytes else None,
                )

    def erase_from_lake(self) -> Iterator[ErasedFile]:
        """Rewrite the files that contain rows of the account."""
        for file in list(self._lake.files.values()):
            table = read_parquet(self._lake.storage, file.name)
            if removed := self._matcher.count(table):
                left = table.filter(self._matcher.others(table))
                if left.num_rows:
                    self._lake.write(file.name, left, segments=file.segments)
                else:
                    self._lake.forget([file.name])
                after = self._lake.files.get(file.name)
                yield ErasedFile(
                    name=file.name,
                    rows_removed=removed,
                    rows_left=left.num_rows,
                    before_sha256=file.sha256,
                    after_sha256=after.sha256 if after else None,
                )


def _without(source: LakeSource, segment: Segment, removed: set[int]) -> list[bytes]:
    lines = enumerate(read_lines(source.root, segment))
    if segment.stream == DEAD_LETTERS:
        # A placeholder keeps the line numbers, by which commands and replays identify the other letters.
        return [erased_letter(line) if at in removed else line for at, line in lines]
    return [line for at, line in lines if at not in removed]

"""Erasing an account: its rows leave the journal, the dead letters and the lake, and a proof stays.

The journal goes first: a crash after that leaves a lake that differs from its journal, which the next
build sets right. The ids of erased events stay remembered, so that handing the same export in again does
not bring them back; new events of the account are new rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import msgspec

from keepwell.intake.journal.segments import read_lines
from keepwell.intake.lake.build import bring_up_to_date
from keepwell.intake.lake.kinds import Form
from keepwell.intake.lake.location import Place, context
from keepwell.intake.lake.reader import read_parquet
from keepwell.intake.lake.removal.matcher import Matcher, erased_letter
from keepwell.intake.lake.sources import Inlet, segments_of, without_writer
from keepwell.intake.lake.writer import LakeWriter
from keepwell.intake.model import DEAD_LETTERS, Erasure, Segment
from keepwell.platform.clock import Clock
from keepwell.platform.errors import CorruptData, DataValidationError
from keepwell.platform.progress import Progress


class ErasedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that held rows of the account, before and after; `after_sha256` is None where none is left."""

    name: str
    rows_removed: int
    rows_left: int
    before_sha256: str
    after_sha256: str | None


class Scan(msgspec.Struct, frozen=True):
    """What was read, and how many rows of the account were found in it."""

    segments: int
    lake_files: int
    rows: int
    found: int


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """That nothing of an account is left, told by the SHA-256 of its id.

    Counts are of accepted rows, dead letters and rows of the lake together, since each is a copy.
    """

    account_sha256: str
    erased_at: str
    first_scan: Scan
    files: Sequence[ErasedFile]
    second_scan: Scan


def erase(place: Place, form: Form, *, account: str, clock: Clock, progress: Progress) -> Proof:
    """Remove every row of `account` from journal, dead letters and lake, and look again whether any is left.

    A row is the account's by the column account, or the key field. A dead letter is where any value of its
    row is the account's id, or the id stands in it as a word where it is no JSON; a mark without the row
    stays in its place. The proof is kept in the state of each journal. Cut off anywhere, it can be run
    again. Raises Conflict naming the process that takes rows in or writes the lake, DataValidationError for
    a lake of rows without a key, CorruptData, StorageFull or InfrastructureError.
    """
    if not account or form.empty.key is None:
        raise DataValidationError(
            "Whose rows they are is told by no field.", hint="Build the lake with --key FIELD first."
        )
    with context(place, form.empty, held_for="erasing an account") as (lake, inlets), ExitStack() as stack:
        for inlet in inlets:
            stack.enter_context(without_writer(inlet, held_for="erasing an account", clock=clock))
        bring_up_to_date(lake, inlets, form=form, progress=progress)
        # What compaction has left to its readers goes now.
        lake.sweep()
        eraser = _Eraser(lake, inlets, form=form, account=account)
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
                f"{proof.second_scan.found:,} rows of the account are there still.", hint="Run it again."
            )
        record = Erasure(proof.erased_at, proof.account_sha256, msgspec.json.encode(proof).decode())
        for inlet in inlets:
            inlet.state.put_erasure(record)
    return proof


class _Eraser:
    def __init__(self, lake: LakeWriter, inlets: Sequence[Inlet], *, form: Form, account: str) -> None:
        self._lake = lake
        self._inlets = inlets
        self._matcher = Matcher(form, account)

    def scan(self, progress: Progress) -> Scan:
        """Read everything, and count the account's rows."""
        segments = segments_of(self._inlets)
        files = list(self._lake.files.values())
        rows = found = 0
        with progress.step("Looking for rows", total=len(segments) + len(files)) as step:
            for inlet, segment in segments:
                rows += segment.rows
                found += len(self._matcher.lines_of(inlet, segment))
                step.advance()
            for file in files:
                rows += file.rows
                found += self._matcher.count(read_parquet(self._lake.folder, file.name))
                step.advance()
        return Scan(len(segments), len(files), rows, found)

    def erase_from_journals(self) -> Iterator[ErasedFile]:
        """Rewrite the segments that hold rows of the account."""
        for inlet, segment in segments_of(self._inlets):
            if removed := self._matcher.lines_of(inlet, segment):
                after = inlet.rewrite(segment, _without(inlet, segment, removed))
                name = inlet.name_of(segment)
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
        """Rewrite the files that hold rows of the account, each in its place."""
        for file in list(self._lake.files.values()):
            table = read_parquet(self._lake.folder, file.name)
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


def _without(inlet: Inlet, segment: Segment, removed: set[int]) -> list[bytes]:
    lines = enumerate(read_lines(inlet.root, segment))
    if segment.stream == DEAD_LETTERS:
        # A mark in its place: other letters keep the line that commands and replays know them by.
        return [erased_letter(line) if at in removed else line for at, line in lines]
    return [line for at, line in lines if at not in removed]

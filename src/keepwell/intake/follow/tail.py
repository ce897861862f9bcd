"""Following files: new rows are validated and committed exactly once, whatever happens to files or process.

A round checks every file, reads what is new, and commits after each megabyte and at its end. A commit stores
the offset in a file together with the rows up to it, so a crash neither repeats nor skips a row.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from keepwell.intake.files import Fs, LocalFs, create_folder, exclusive_lock
from keepwell.intake.follow.batch import Batch, FileReplaced, SourcePosition
from keepwell.intake.follow.discovery import FoundFile, discover
from keepwell.intake.follow.event_rules import EventRules
from keepwell.intake.follow.line_reader import LineReader
from keepwell.intake.follow.open_files import OpenFiles
from keepwell.intake.follow.readers import FileDamaged
from keepwell.intake.follow.rounds import CommitStats, FilesRead, Options, PollResult
from keepwell.intake.follow.row_rules import RowRules, SchemaRules
from keepwell.intake.follow.sources import Copy, FileUnreadable, FollowedFile, Sources, Trouble
from keepwell.intake.journal.journal import Journal
from keepwell.intake.model import ACCEPTED
from keepwell.intake.schema.drift import DriftReport
from keepwell.intake.schema.validation import Schema
from keepwell.intake.store import State
from keepwell.platform.clock import Clock
from keepwell.platform.values.path_texts import as_text

# To read what is left of files that are gone, after a signal.
_SECONDS_TO_FINISH = 1.0


class Tail:
    """Follows files into a folder; only one process may do so.

    Every method raises StorageFull, InfrastructureError or CorruptData if our disk fails; what was committed
    before stays, and a new Tail continues from there. Files that cannot be read are not an error: they are
    part of the result, and are tried again each round.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        *,
        root: Path,
        journal: Journal,
        state: State,
        clock: Clock,
        options: Options,
    ) -> None:
        self._patterns = patterns
        self._root = root
        self._journal = journal
        self._state = state
        self._clock = clock
        self._options = options
        self._is_ending = options.is_stopping
        self._sources = Sources(state.sources(), root=root, is_stopping=options.is_stopping)
        self._open_files = OpenFiles()
        self._followed: dict[tuple[int, int], FollowedFile] = {}
        self._stuck: dict[tuple[int, int], tuple[FoundFile, str]] = {}
        self._positions: dict[int, SourcePosition] = {}
        self._batch = Batch()
        # Also those that an earlier process left.
        self.has_unsealed = True

    @classmethod
    @contextmanager
    def open(
        cls,
        root: Path,
        patterns: Sequence[str],
        *,
        schema: Schema | None,
        clock: Clock,
        options: Options,
        files: Fs | None = None,
    ) -> Iterator[Tail]:
        """Open the folder `root`, created if missing, and recover from a crash.

        Rows are validated by `schema`; if that is None, they are product events. Raises Conflict naming the process that holds it, and CorruptData if a file is damaged.
        """
        files, segment = files or LocalFs(), options.sizes.segment
        create_folder(root, files=files)
        with ExitStack() as stack:
            stack.enter_context(exclusive_lock(root / "lock", purpose="writing rows"))
            state = State(root)
            stack.callback(state.close)
            journal = Journal(root, state=state, files=files, clock=clock, segment_bytes=segment)
            stack.callback(journal.close)
            tail = cls(patterns, root=root, journal=journal, state=state, clock=clock, options=options)
            stack.callback(tail._open_files.close_all)
            if schema is None:
                tail._use_rules(EventRules(state, clock))
            else:
                tail.use_schema(schema)
            yield tail

    def use_schema(self, schema: Schema) -> None:
        """Validate rows by `schema` from now on."""
        self._state.put_schema(schema.id, schema.text)
        self._journal.use_schema(schema.id)
        self._use_rules(SchemaRules(schema, DriftReport(self._options.watcher.drifted)))

    def _use_rules(self, rules: RowRules) -> None:
        self._rules = rules
        self._line_reader = LineReader(rules, sizes=self._options.sizes, clock=self._clock)

    def poll(self, *, is_last: bool = False) -> PollResult:
        """Run one round.

        An unterminated line waits for its rest, in the last round unless it is a whole row. Of a deleted file, it
        becomes a row or a dead letter.
        """
        found = discover(self._patterns, own_folder=self._root)
        listed = {file.key for file in found.files}
        # Before their lengths are looked at: what is written until then is read in this round.
        over = self._open_files.ended(listed, now=self._clock.now())
        deleted = self._read_deleted(over, listed=listed, is_last=is_last)
        hidden = self._open_files.unlisted(listed)
        verdicts = self._sources.identify([*found.files, *hidden], open_file=self._open_files.reader)
        followed = [verdict for verdict in verdicts if isinstance(verdict, FollowedFile)]
        doubts = {as_text(each.file.path): each.doubt for each in followed if each.doubt}
        doubts |= self._lost(followed, seen={verdict.file.key for verdict in verdicts})
        troubles = {as_text(path): "is not a regular file" for path in found.not_files}
        troubles |= {as_text(each.file.path): each.why for each in verdicts if isinstance(each, Trouble)}
        read = self._read_all(followed, is_last=is_last, over=over)
        for file in hidden:
            if file.key in over and file not in read.unread:
                self._close_deleted(file.key)
        self._open_files.close_compressed()
        copies = [verdict for verdict in verdicts if isinstance(verdict, Copy)]
        return PollResult(
            len(verdicts) + len(deleted.closed),
            read.unread,
            copies,
            troubles | deleted.troubles | read.troubles,
            doubts,
            len(read.replaced),
        )

    def finish(self) -> Mapping[str, str]:
        """Read what is left of open files that were moved away or deleted, since no later command finds them.

        Returns those of which not everything could be read in time, or more may be written, and why.
        """
        found = {file.key for file in discover(self._patterns, own_folder=self._root).files}
        ended = self._open_files.ended(found, now=self._clock.now())
        hidden = {file.key: file for file in self._open_files.unlisted(found)}
        followed = [
            msgspec.structs.replace(self._followed[key], file=file)
            for key, file in hidden.items()
            if key in self._followed
        ]
        end = time.monotonic() + _SECONDS_TO_FINISH
        self._is_ending = lambda: time.monotonic() > end
        read = self._read_all(followed, is_last=True, over=hidden.keys())
        left = {
            as_text(file.path): f"is gone, and its last {count:,} bytes were not read"
            for file, count in read.unread.items()
        }
        written = {
            as_text(
                file.path
            ): "was deleted, and a program may still write to it: what it writes from now on is not read"
            for file in hidden.values()
            if self._open_files.is_deleted(file) and file.key not in ended
        }
        return {**written, **read.troubles, **left}

    def _read_deleted(
        self, over: Collection[tuple[int, int]], *, listed: Collection[tuple[int, int]], is_last: bool
    ) -> FilesRead:
        """Read the files that are over and close them: a file that has replaced one of them may go on with its text."""
        deleted = [
            msgspec.structs.replace(self._followed[file.key], file=file)
            for file in self._open_files.unlisted(listed)
            if file.key in over and file.key in self._followed
        ]
        read = self._read_all(deleted, is_last=is_last, over=over)
        for each in deleted:
            if each.file not in read.unread and each.file not in read.replaced:
                self._close_deleted(each.file.key)
                read.closed.append(each.file)
        return read

    def _close_deleted(self, key: tuple[int, int]) -> None:
        # So that the disk can free its space.
        self._open_files.close(key)
        if ended := self._followed.pop(key, None):
            self._sources.end(ended.source)

    def _read_all(
        self, followed: Sequence[FollowedFile], *, is_last: bool, over: Collection[tuple[int, int]]
    ) -> FilesRead:
        """Read on in all files; the files `over` end where they end now."""
        read = FilesRead()
        for each in followed:
            if self._is_ending():
                break
            if not self._may_hold_more(each):
                continue
            try:
                if why := self._read_on(each, is_last=is_last, is_over=each.file.key in over):
                    read.troubles[as_text(each.file.path)] = why
            except FileReplaced:
                # The next round identifies the file again, and finds the rest of its text.
                read.replaced.append(each.file)
            except FileUnreadable as error:
                read.troubles[as_text(each.file.path)] = str(error)
            if left := self._left(each):
                read.unread[each.file] = left
        self._commit()
        return read

    def _lost(
        self, followed: Sequence[FollowedFile], *, seen: Collection[tuple[int, int]]
    ) -> Mapping[str, str]:
        """The files of which more may have been written since the round before than can be read now."""
        before, self._followed = self._followed, {each.file.key: each for each in followed}
        if self._is_ending():
            # Not every file was looked at.
            self._followed = before | self._followed
            return {}
        now = {each.source.id for each in followed}
        gone = {key: each for key, each in before.items() if each.source.id not in now}
        return {
            as_text(each.file.path): f"{what}, after {self._offset(each):,} bytes were read of it: what was "
            "written since is not known"
            for key, each in gone.items()
            if each.source.finished_bytes is None and (what := self._what_happened(key, seen=seen))
        }

    def _what_happened(self, key: tuple[int, int], *, seen: Collection[tuple[int, int]]) -> str:
        """What happened to a file whose source is gone; empty if it is only not readable at present."""
        if key not in seen:
            return "disappeared while it was not open"
        return "was truncated, and no copy of it was found" if key in self._followed else ""

    def seal(self) -> None:
        """Close the open segment of accepted rows, so that the lake can be built from it."""
        self._journal.seal(ACCEPTED)
        self.has_unsealed = False

    def _read_on(self, followed: FollowedFile, *, is_last: bool, is_over: bool) -> str:
        """Why the file cannot be read to its end; empty if it can."""
        stuck, why = self._stuck.get(followed.file.key, (None, ""))
        if stuck == followed.file and not is_last:
            return why
        position, why = self._position(followed), ""
        try:
            while not self._is_ending() and self._line_reader.read_next(
                position, self._batch, is_last=is_last, is_over=is_over
            ):
                if 2 * self._batch.weight > self._options.sizes.commit:
                    self._commit()
        except FileDamaged as damage:
            why = str(damage)
            # It may still be written to, so it is tried again when it has changed.
            self._stuck[followed.file.key] = followed.file, why
            if is_last:
                self._line_reader.skip_damaged(position, self._batch, damage)
        return why

    def _may_hold_more(self, followed: FollowedFile) -> bool:
        source, size = followed.source, followed.file.size
        position = self._positions.get(source.id)
        if position is None or position.reader.compressed:
            # The text of a compressed file is longer than the file: only reaching its end shows that it is read.
            return source.finished_bytes != size
        return size != source.offset

    def _position(self, followed: FollowedFile) -> SourcePosition:
        file, source = followed.file, followed.source
        reader = self._open_files.reader(file)
        position = self._positions.get(source.id)
        if position is None or position.file.key != file.key:
            position = self._positions[source.id] = SourcePosition(source, file, reader)
        position.file, position.reader = file, reader
        return position

    def _offset(self, followed: FollowedFile) -> int:
        position = self._positions.get(followed.source.id)
        return (position.source if position else followed.source).offset

    def _left(self, followed: FollowedFile) -> int:
        position = self._positions.get(followed.source.id)
        source = position.source if position else followed.source
        return max(0, followed.file.size - source.offset) if source.finished_bytes is None else 0

    def _commit(self) -> None:
        batch, self._batch = self._batch, Batch()
        if not batch.sources:
            return
        sources = batch.sources.values()

        def remember() -> None:
            self._rules.remember()
            self._state.put_sources(sources)

        stats = CommitStats(batch.rows, batch.bytes, batch.reasons, batch.repeats)
        with self._options.watcher.committing(stats):
            self._journal.commit(batch.chunks(), remember=remember)
        self.has_unsealed = self.has_unsealed or batch.rows > 0
        for source in sources:
            self._sources.update(source)

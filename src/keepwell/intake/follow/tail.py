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
from keepwell.intake.follow.discovery import DiscoveredFiles, FoundFile, discover
from keepwell.intake.follow.event_rules import EventRules
from keepwell.intake.follow.line_reader import LineReader
from keepwell.intake.follow.open_files import OpenFiles
from keepwell.intake.follow.readers import FileDamaged
from keepwell.intake.follow.rounds import CommitStats, FilesRead, Options, PollResult
from keepwell.intake.follow.row_rules import RowRules, SchemaRules
from keepwell.intake.follow.sources import Copy, FileUnreadable, FollowedFile, Sources, Trouble, Verdict
from keepwell.intake.journal.journal import Journal
from keepwell.intake.model import ACCEPTED, Doubt, Source
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
        self._doubts: dict[int, Doubt] = {}
        self._has_read_history = state.has_read_history()
        self._has_polled = False
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
        becomes a row or a dead letter. What the first round finds that finds any row is a history.
        """
        if self._has_polled and not is_last:
            self._end_history()
        found = discover(self._patterns, own_folder=self._root)
        listed = {file.key for file in found.files}
        # Before their lengths are looked at: what is written until then is read in this round.
        over = self._open_files.ended(listed, now=self._clock.now())
        deleted = self._read_deleted(over, listed=listed, is_last=is_last)
        doubts: dict[str, str] = {}
        hidden, verdicts = self._identify(found, doubts)
        if self._lost(verdicts):
            # Rotation may have renamed or copied it after the folder was listed, and what it made is there now.
            found = discover(self._patterns, own_folder=self._root)
            hidden, verdicts = self._identify(found, doubts)
        followed = [verdict for verdict in verdicts if isinstance(verdict, FollowedFile)]
        doubts |= self._lost(verdicts)
        # If the command is ending, not every file was looked at.
        before = self._followed if self._is_ending() else {}
        self._followed = before | {each.file.key: each for each in followed}
        troubles = {as_text(path): "is not a regular file" for path in found.not_files}
        troubles |= {as_text(each.file.path): each.why for each in verdicts if isinstance(each, Trouble)}
        read = self._read_all(followed, is_last=is_last, over=over)
        for file in hidden:
            if file.key in over and file not in read.unread:
                self._close_deleted(file.key)
        self._open_files.close_compressed()
        copies = [verdict for verdict in verdicts if isinstance(verdict, Copy)]
        self._has_polled = not read.replaced
        if is_last:
            self._end_history()
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
            if file.key in over and file.key in self._followed and not self._followed[file.key].has_no_text
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

    def _identify(
        self, found: DiscoveredFiles, doubts: dict[str, str]
    ) -> tuple[list[FoundFile], list[Verdict]]:
        """The open files that are not among those that were found, and what each of all files is; adds to `doubts`."""
        hidden = self._open_files.unlisted({file.key for file in found.files})
        verdicts = self._sources.identify(found.files, hidden=hidden, open_file=self._open_files.reader)
        for each in verdicts:
            if isinstance(each, FollowedFile) and each.doubt:
                doubts[as_text(each.file.path)] = each.doubt
                self._doubts[each.source.id] = Doubt(each.source.label, each.doubt)
        return hidden, verdicts

    def _lost(self, verdicts: Sequence[Verdict]) -> Mapping[str, str]:
        """The files of which more may have been written since the round before than can be read now."""
        if self._is_ending():
            return {}
        seen = {verdict.file.key: isinstance(verdict, FollowedFile) for verdict in verdicts}
        now = {each.source.id for each in verdicts if isinstance(each, FollowedFile)}
        gone = {
            key: each
            for key, each in self._followed.items()
            if each.source.id not in now and not each.has_no_text
        }
        return {
            as_text(each.file.path): f"{what}, after {self._source(each).offset:,} bytes were read of it: "
            "what was written since is not known"
            for key, each in gone.items()
            if self._source(each).finished_bytes is None
            and (what := _what_happened(is_followed=seen.get(key)))
        }

    def seal(self) -> None:
        """Close the open segment of accepted rows, so that the lake can be built from it."""
        self._journal.seal(ACCEPTED)
        self.has_unsealed = False

    def _end_history(self) -> None:
        """What is read from now on was known when it was committed; not before there is a row, nor after half a round."""
        if self._has_read_history or self._is_ending() or not self._state.rows(ACCEPTED):
            return
        self._state.end_history()
        self._has_read_history = True

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
        if followed.has_no_text:
            return False
        position = self._positions.get(source.id)
        if position is None or position.reader.compressed:
            # The text of a compressed file is longer than the file: only reaching its end shows that it is read.
            return source.finished_bytes != size
        # Its time, once it is read to its end, is evidence for what becomes of it.
        return size != source.offset or (size > 0 and source.modified is None)

    def _position(self, followed: FollowedFile) -> SourcePosition:
        file, source = followed.file, followed.source
        reader = self._open_files.reader(file)
        position = self._positions.get(source.id)
        if position is None or position.file.key != file.key:
            position = self._positions[source.id] = SourcePosition(source, file, reader)
        position.file, position.reader = file, reader
        return position

    def _source(self, followed: FollowedFile) -> Source:
        """Its source as far as it is read now."""
        position = self._positions.get(followed.source.id)
        return position.source if position else followed.source

    def _left(self, followed: FollowedFile) -> int:
        source = self._source(followed)
        return max(0, followed.file.size - source.offset) if source.finished_bytes is None else 0

    def _commit(self) -> None:
        batch, self._batch = self._batch, Batch()
        if not batch.sources:
            return
        sources = batch.sources.values()
        doubts = [self._doubts.pop(each.id) for each in sources if each.id in self._doubts]

        def remember() -> None:
            self._rules.remember()
            self._state.put_sources(sources)
            # With the rows: this process may be killed before it can name the file.
            self._state.put_doubts(doubts)

        is_history = self._options.is_history or not self._has_read_history
        chunks = batch.chunks("history" if is_history else "committed")
        stats = CommitStats(batch.rows, batch.bytes, batch.reasons, batch.repeats, chunks)
        with self._options.watcher.committing(stats):
            self._journal.commit(chunks, remember=remember)
        self.has_unsealed = self.has_unsealed or batch.rows > 0
        for source in sources:
            self._sources.update(source)


def _what_happened(*, is_followed: bool | None) -> str:
    """What happened to a file whose source is gone, if it `is_followed` as another one; None if it was not found.

    Empty if it is only not readable at present.
    """
    if is_followed is None:
        return "disappeared while it was not open"
    return "was truncated, and no copy of it was found" if is_followed else ""

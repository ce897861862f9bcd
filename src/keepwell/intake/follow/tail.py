"""Following files: new rows are validated and committed exactly once, whatever happens to files or process.

A round checks every file, reads what is new, and commits after each megabyte and at its end. A commit stores
the offset in a file together with the rows up to it, so a crash neither repeats nor skips a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from keepwell.intake.files import Fs, LocalFs, create_folder, exclusive_lock
from keepwell.intake.follow.batch import Batch, FileReplaced, SourcePosition
from keepwell.intake.follow.discovery import FoundFile, discover
from keepwell.intake.follow.event_rules import EventRules
from keepwell.intake.follow.line_reader import LineReader
from keepwell.intake.follow.open_files import OpenFiles
from keepwell.intake.follow.readers import FileDamaged
from keepwell.intake.follow.row_rules import RowRules, SchemaRules
from keepwell.intake.follow.sources import Copy, FileUnreadable, FollowedFile, Sources, Trouble, as_text
from keepwell.intake.journal.journal import Journal
from keepwell.intake.model import ACCEPTED, Sizes
from keepwell.intake.schema.drift import Change, DriftReport
from keepwell.intake.schema.validation import Schema
from keepwell.intake.store import State
from keepwell.platform.clock import Clock


class CommitStats(msgspec.Struct, frozen=True):
    """The content of a commit: accepted rows, bytes read, dead letters by code, and repeats left out."""

    rows: int
    bytes: int
    dead_letters: Mapping[str, int]
    repeats: int = 0


class PollResult(msgspec.Struct, frozen=True):
    """The result of a round.

    `unread` has the files that are longer than what was read, and by how many bytes. `copies` repeat what is
    read elsewhere; `troubles` are the files that cannot be read, and why; `replaced` counts the files that
    were replaced while they were read, and are left to the next round.
    """

    files: int = 0
    unread: Mapping[FoundFile, int] = {}
    copies: Sequence[Copy] = ()
    troubles: Mapping[str, str] = {}
    replaced: int = 0


class Watcher(Protocol):
    """Is notified of each commit, and once of each change of columns."""

    def drifted(self, change: Change, place: str) -> None:
        """Rows differ from the schema by `change`, from `place` on."""
        ...

    def committing(self, stats: CommitStats) -> AbstractContextManager[None]:
        """Wrap the commit described by `stats`."""
        ...


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to follow: sizes, the watcher, and when to stop between two blocks."""

    watcher: Watcher
    sizes: Sizes = Sizes()
    is_stopping: Callable[[], bool] = lambda: False


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
        self._sources = Sources(state.sources())
        self._open_files = OpenFiles()
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

        In the last round an unterminated line becomes a dead letter; before that, it waits for the rest.
        """
        found = discover(self._patterns, own_folder=self._root)
        hidden = self._open_files.unlisted({file.key for file in found.files})
        verdicts = self._sources.identify([*found.files, *hidden], open_file=self._open_files.reader)
        troubles = {as_text(path): "is not a regular file" for path in found.not_files}
        troubles |= {as_text(each.file.path): each.why for each in verdicts if isinstance(each, Trouble)}
        unread, replaced = {}, 0
        for verdict in verdicts:
            if isinstance(verdict, FollowedFile) and self._may_hold_more(verdict):
                try:
                    self._read_on(verdict, is_last=is_last)
                except FileReplaced:
                    # The next round identifies the file again, and finds the rest of its text.
                    replaced += 1
                except (FileUnreadable, FileDamaged) as error:
                    troubles[as_text(verdict.file.path)] = str(error)
                if left := self._left(verdict):
                    unread[verdict.file] = left
        self._commit()
        self._open_files.close_deleted(file for file in hidden if file not in unread)
        copies = [verdict for verdict in verdicts if isinstance(verdict, Copy)]
        return PollResult(len(verdicts), unread, copies, troubles, replaced)

    def seal(self) -> None:
        """Close the open segment of accepted rows, so that the lake can be built from it."""
        self._journal.seal(ACCEPTED)
        self.has_unsealed = False

    def _read_on(self, followed: FollowedFile, *, is_last: bool) -> None:
        position = self._position(followed)
        try:
            while not self._options.is_stopping() and self._line_reader.read_next(
                position, self._batch, is_last=is_last
            ):
                if 2 * self._batch.weight > self._options.sizes.commit:
                    self._commit()
        except FileDamaged as damage:
            if not is_last:
                raise
            self._line_reader.skip_damaged(position, self._batch, damage)
        if position.reader.compressed:
            self._open_files.close(followed.file.key)

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

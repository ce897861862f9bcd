"""Group commit: while one commit is being written, all calls that arrive wait for the next one together.

Each workspace has its own thread for its journal, so the server keeps answering meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec

from keepwell.intake.events.calls import Call
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.lake.build import build_lake
from keepwell.intake.model import HTTP_JOURNAL, SourcedRow, dead_letter
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.errors import Conflict, RateLimited, Unavailable
from keepwell.platform.progress import SilentProgress

_SOURCE = "http"
_MOST_WAITING = 8_000_000
# The approximate memory of a call besides its row; it matters for tiny calls.
_CALL_OVERHEAD = 150
_RETRY_AFTER = timedelta(seconds=1)

Result = TypeVar("Result")


class _PendingCalls(msgspec.Struct, frozen=True):
    calls: Sequence[Call]
    size: int
    done: asyncio.Future[None]


class GroupCommitter:
    """Accepts calls into one folder's journal, which stays open from the first call until `close`."""

    def __init__(self, root: Path, *, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="committer")
        self._opened = ExitStack()
        self._intake: EventJournal | None = None
        self._waiting: list[_PendingCalls] = []
        self._waiting_bytes = 0
        self._work: asyncio.Task[None] | None = None
        self.has_unsealed = False

    async def accept(self, calls: Sequence[Call]) -> None:
        """Accept `calls`; they are on the disk when this returns.

        Raises RateLimited if too much is waiting already, StorageFull or InfrastructureError if the disk
        fails, Unavailable if another process holds the folder: then none of them is certain to be stored.
        """
        if not calls:
            return
        size = sum(len(call.row) + _CALL_OVERHEAD for call in calls)
        if self._waiting and self._waiting_bytes + size > _MOST_WAITING:
            raise RateLimited(
                "Events arrive faster than the disk can store them.",
                hint="Send the same request again.",
                retry_after=_RETRY_AFTER,
            )
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_PendingCalls(calls, size, done))
        self._waiting_bytes += size
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._commit_waiting())
        await done

    async def seal(self) -> None:
        """Close the open segment if it has rows, so that the lake can be built from it.

        Raises as `accept` does.
        """
        # Set before: a commit that ends meanwhile sets it again.
        self.has_unsealed = False
        try:
            await self._in_thread(self._seal)
        except BaseException:
            self.has_unsealed = True
            raise

    async def without_journal(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, done while this process does not hold the folder; calls wait meanwhile."""
        return await self._in_thread(partial(self._closed, work))

    async def close(self) -> None:
        """Commit what is waiting, seal it, and close the folder, even if sealing fails."""
        try:
            if self._work is not None:
                await self._work
            if self.has_unsealed:
                await self.seal()
        finally:
            await self._in_thread(self._opened.close)
            self._thread.shutdown()

    async def _commit_waiting(self) -> None:
        while self._waiting:
            group, self._waiting, self._waiting_bytes = self._waiting, [], 0
            calls = [call for waiting in group for call in waiting.calls]
            try:
                await self._in_thread(partial(self._commit, calls))
            except Exception as error:  # noqa: BLE001  any error is raised to the waiting senders
                self._answer(group, error)
            else:
                self.has_unsealed = True
                self._answer(group, None)

    def _answer(self, group: Sequence[_PendingCalls], error: Exception | None) -> None:
        for waiting in group:
            # Cancelled if its sender has gone.
            if waiting.done.done():
                continue
            if error is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(error)

    def _commit(self, calls: Sequence[Call]) -> None:
        now = self._clock.now()
        letters = [
            dead_letter(call.row, call.refusal, source=_SOURCE, line=None, now=now)
            for call in calls
            if call.refusal
        ]
        rows = [SourcedRow(_SOURCE, 0, call.row) for call in calls if not call.refusal]
        with self._journal() as journal:
            journal.append(rows)
            journal.reject(letters)

    def _seal(self) -> None:
        with self._journal() as journal:
            journal.seal()

    def _closed(self, work: Callable[[], Result]) -> Result:
        self._intake = None
        self._opened.close()
        return work()

    @contextmanager
    def _journal(self) -> Iterator[EventJournal]:
        try:
            if self._intake is None:
                self._intake = self._open()
            yield self._intake
        except BaseException:
            # A journal that failed must be reopened: the next call does that.
            self._intake = None
            self._opened.close()
            raise

    def _open(self) -> EventJournal:
        try:
            return self._opened.enter_context(
                EventJournal.open(self._root, clock=self._clock, ignores_times=True)
            )
        except Conflict as error:
            # Temporary for a sender, and Segment libraries retry only if the status says so.
            raise Unavailable(error.message, hint="Send the same request again later.") from error

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class GroupCommitters:
    """The committers of a server, by workspace, and the building of their lakes."""

    def __init__(self, settings: Settings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._committers: dict[UUID, GroupCommitter] = {}

    async def accept(self, workspace_id: UUID, calls: Sequence[Call]) -> None:
        """Accept `calls` into the workspace, as `GroupCommitter.accept` does."""
        await self._committer(workspace_id).accept(calls)

    def resume(self) -> None:
        """Open the folders that an earlier server left, so that their events get into the lake too."""
        for folder in self._settings.intakes.glob(f"*/{HTTP_JOURNAL}"):
            workspace_id = _workspace_of(folder)
            if workspace_id is not None:
                self._committer(workspace_id).has_unsealed = True

    async def without_journal(self, workspace_id: UUID, work: Callable[[], Result]) -> Result:
        """The result of `work`, done while this process does not hold the workspace's folder; calls wait meanwhile."""
        return await self._committer(workspace_id).without_journal(work)

    async def build_lakes(self) -> None:
        """Seal what arrived since the last time, and build the lake from it.

        If one workspace fails, the others continue; then raises an ExceptionGroup. What failed is retried the
        next time.
        """
        failed: list[Exception] = []
        for workspace_id, committer in list(self._committers.items()):
            if not committer.has_unsealed:
                continue
            try:
                await committer.seal()
                await asyncio.to_thread(self._build, workspace_id)
            except Exception as error:  # noqa: BLE001  raised below, after every workspace had its turn
                committer.has_unsealed = True
                failed.append(error)
        if failed:
            raise ExceptionGroup("Not every workspace's lake was built.", failed)

    async def close(self) -> None:
        """Commit what is waiting and close every folder, even if one of them fails."""
        async with AsyncExitStack() as stack:
            for committer in self._committers.values():
                stack.push_async_callback(committer.close)

    def _committer(self, workspace_id: UUID) -> GroupCommitter:
        if workspace_id not in self._committers:
            root = self._settings.intake(workspace_id) / HTTP_JOURNAL
            self._committers[workspace_id] = GroupCommitter(root, clock=self._clock)
        return self._committers[workspace_id]

    def _build(self, workspace_id: UUID) -> None:
        intake, lake = self._settings.intake(workspace_id), self._settings.lake
        try:
            build_lake(intake, lake, workspace_id=workspace_id, progress=SilentProgress())
        except Conflict:
            # An import is building it; the segments are built the next time.
            self._committers[workspace_id].has_unsealed = True


def _workspace_of(folder: Path) -> UUID | None:
    """The workspace of the folder; None for an unrelated folder, such as a copy."""
    try:
        return UUID(folder.parent.name)
    except ValueError:
        return None

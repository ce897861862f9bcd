"""Group commit: while one commit is being written, all calls that arrive wait for the next one together.

Each workspace has its own thread for its journal, so the server keeps answering meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar
from uuid import UUID

import msgspec
import structlog

from keepwell.intake.events.calls import Call
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.events.inlet import PATIENCE, SECONDS_TO_GIVE_WAY, is_wanted, open_inlet
from keepwell.intake.model import HTTP_JOURNAL, SourcedRow, dead_letter
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.errors import Conflict, KeepwellError, RateLimited, Unavailable

_LOG = structlog.get_logger("keepwell.intake")
_SOURCE = "http"
_MOST_WAITING = 8_000_000
# The approximate memory of a call besides its row; it matters for tiny calls.
_CALL_OVERHEAD = 150
_RETRY_AFTER = timedelta(seconds=1)
# Then the folder is closed, until the next call.
_SECONDS_OF_REST = 1.0
_BETWEEN_ANNOUNCEMENTS = timedelta(seconds=60)

Result = TypeVar("Result")


class _PendingCalls(msgspec.Struct, frozen=True):
    calls: Sequence[Call]
    size: int
    done: asyncio.Future[None]


class GroupCommitter:
    """Accepts calls into one folder's journal, which stays open while calls arrive and nobody else wants it."""

    def __init__(self, root: Path, *, clock: Clock, patience: float = PATIENCE) -> None:
        self._root = root
        self._clock = clock
        self._patience = patience
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="committer")
        self._opened = ExitStack()
        self._intake: EventJournal | None = None
        self._waiting: list[_PendingCalls] = []
        self._waiting_bytes = 0
        self._work: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._gives_way = False

    async def accept(self, calls: Sequence[Call]) -> None:
        """Accept `calls`; they are on the disk when this returns.

        Raises RateLimited if too much is waiting already, StorageFull or InfrastructureError if the disk
        fails, Unavailable if another process keeps the folder: then none of them is certain to be stored.
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

    async def close(self) -> None:
        """Commit what is waiting, seal it, and close the folder, even if sealing fails."""
        try:
            if self._work is not None:
                await self._work
        finally:
            if self._idle is not None:
                self._idle.cancel()
            await self._in_thread(self._seal_and_release)
            self._thread.shutdown()

    async def _commit_waiting(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        while self._waiting:
            group, self._waiting, self._waiting_bytes = self._waiting, [], 0
            calls = [call for waiting in group for call in waiting.calls]
            try:
                await self._in_thread(partial(self._commit, calls))
            except Exception as error:  # noqa: BLE001  any error is raised to the waiting senders
                self._answer(group, error)
            else:
                self._answer(group, None)
        # In the same thread as commits: one that comes first opens the folder again.
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(_SECONDS_OF_REST, self._thread.submit, self._release)

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
        if is_wanted(self._root):
            self._release()
            self._gives_way = True

    def _seal_and_release(self) -> None:
        try:
            if self._intake is not None:
                self._intake.seal()
        finally:
            self._release()

    def _release(self) -> None:
        self._intake = None
        self._opened.close()

    @contextmanager
    def _journal(self) -> Iterator[EventJournal]:
        try:
            if self._intake is None:
                self._intake = self._open()
            yield self._intake
        except BaseException:
            # A journal that failed must be reopened: the next call does that.
            self._release()
            raise

    def _open(self) -> EventJournal:
        if self._gives_way:
            # Otherwise this process would have it back before the other one looks.
            time.sleep(SECONDS_TO_GIVE_WAY)
            self._gives_way = False
        try:
            return self._opened.enter_context(
                open_inlet(self._root, clock=self._clock, patience=self._patience)
            )
        except Conflict as error:
            # Temporary for a sender, and Segment libraries retry only if the status says so.
            raise Unavailable(error.message, hint="Send the same request again later.") from error

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


# Has the lake of a workspace built soon, since events have arrived.
Announce: TypeAlias = Callable[[UUID], Awaitable[None]]


class GroupCommitters:
    """The committers of a server, by workspace."""

    def __init__(self, settings: Settings, *, clock: Clock, announce: Announce) -> None:
        self._settings = settings
        self._clock = clock
        self._announce = announce
        self._committers: dict[UUID, GroupCommitter] = {}
        self._announced: dict[UUID, datetime] = {}
        self._announcing: set[asyncio.Task[None]] = set()
        self._is_closing = False

    async def accept(self, workspace_id: UUID, calls: Sequence[Call]) -> None:
        """Accept `calls` into the workspace, as `GroupCommitter.accept` does."""
        await self._committer(workspace_id).accept(calls)
        if calls:
            self._announce_events(workspace_id)

    def resume(self) -> None:
        """Announce what an earlier server left: events that are not in the lake, and lakes of an older shape."""
        folders = self._settings.intakes.glob("*")
        workspaces = [each for each in map(_workspace_of, folders) if each is not None]
        # Not counted as this minute's: the build may run before the first event, which must announce itself.
        self._begin(self._announce_one_by_one(workspaces))

    async def close(self) -> None:
        """Commit what is waiting and close every folder, even if one of them fails; the next call opens its own again."""
        self._is_closing = True
        closing, self._committers = self._committers, {}
        async with AsyncExitStack() as stack:
            for committer in closing.values():
                stack.push_async_callback(committer.close)
            if self._announcing:
                await asyncio.wait(self._announcing)

    def _announce_events(self, workspace_id: UUID) -> None:
        """At most once a minute, and beside the answer: the events are durable whether or not the database is there."""
        now = self._clock.now()
        last = self._announced.get(workspace_id)
        if last is not None and last <= now < last + _BETWEEN_ANNOUNCEMENTS:
            return
        self._announced[workspace_id] = now
        self._begin(self._announce_or_forget(workspace_id))

    def _begin(self, announcing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(announcing)
        self._announcing.add(task)
        task.add_done_callback(self._announcing.discard)

    async def _announce_one_by_one(self, workspaces: Sequence[UUID]) -> None:
        """Together they would keep every request waiting for a connection; the next start goes on where this one was closed."""
        for workspace_id in workspaces:
            if not self._is_closing:
                await self._announce_or_forget(workspace_id)

    async def _announce_or_forget(self, workspace_id: UUID) -> None:
        try:
            await self._announce(workspace_id)
        except KeepwellError as error:
            # The next events announce themselves, and the daily build finds what none followed.
            self._announced.pop(workspace_id, None)
            _LOG.warning("the lake is not told of events", workspace=str(workspace_id), error=error.message)

    def _committer(self, workspace_id: UUID) -> GroupCommitter:
        if workspace_id not in self._committers:
            root = self._settings.intake(workspace_id) / HTTP_JOURNAL
            self._committers[workspace_id] = GroupCommitter(root, clock=self._clock)
        return self._committers[workspace_id]


def _workspace_of(folder: Path) -> UUID | None:
    """The workspace of the folder; None for an unrelated folder, such as a copy."""
    try:
        return UUID(folder.name)
    except ValueError:
        return None

"""Group commit: while one commit is on its way to the disk, all calls that arrive wait for the next one together.

Each workspace has a thread of its own for its journal, so the server goes on answering meanwhile.
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
from keepwell.intake.events.intake import Intake
from keepwell.intake.lake.build import build_lake
from keepwell.intake.model import HTTP_INLET, Sourced, dead_letter
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.errors import Conflict, RateLimited, Unavailable
from keepwell.platform.progress import Silent

_SOURCE = "http"
_MOST_WAITING = 8_000_000
# What a call takes in memory besides its row, about; it counts where calls are tiny.
_CALL_OVERHEAD = 150
_RETRY_AFTER = timedelta(seconds=1)

Result = TypeVar("Result")


class _Waiting(msgspec.Struct, frozen=True):
    calls: Sequence[Call]
    size: int
    done: asyncio.Future[None]


class Collector:
    """Takes calls into the journal of one folder, which it holds from the first call until it is closed."""

    def __init__(self, root: Path, *, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="collector")
        self._opened = ExitStack()
        self._intake: Intake | None = None
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._work: asyncio.Task[None] | None = None
        self.has_unsealed = False

    async def take(self, calls: Sequence[Call]) -> None:
        """Take `calls` in; they are on the disk when this returns.

        Raises RateLimited where too much waits already, StorageFull or InfrastructureError where the disk
        fails, Unavailable where another process holds the folder: then none of them is taken for sure.
        """
        if not calls:
            return
        size = sum(len(call.row) + _CALL_OVERHEAD for call in calls)
        if self._waiting and self._waiting_bytes + size > _MOST_WAITING:
            raise RateLimited(
                "More arrives than the disk can take.", hint="Send the same again.", retry_after=_RETRY_AFTER
            )
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(calls, size, done))
        self._waiting_bytes += size
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._commit_what_waits())
        await done

    async def seal(self) -> None:
        """Close the open segment where it holds rows, so that the lake can be built from it.

        Raises as `take` does.
        """
        # Told beforehand: a commit that ends meanwhile says the opposite again.
        self.has_unsealed = False
        try:
            await self._in_thread(self._seal)
        except BaseException:
            self.has_unsealed = True
            raise

    async def close(self) -> None:
        """Commit what waits, seal it, and let go of the folder, also where sealing fails."""
        try:
            if self._work is not None:
                await self._work
            if self.has_unsealed:
                await self.seal()
        finally:
            await self._in_thread(self._opened.close)
            self._thread.shutdown()

    async def _commit_what_waits(self) -> None:
        while self._waiting:
            group, self._waiting, self._waiting_bytes = self._waiting, [], 0
            calls = [call for waiting in group for call in waiting.calls]
            try:
                await self._in_thread(partial(self._commit, calls))
            except Exception as error:  # noqa: BLE001  whatever it is, it is raised where the senders wait
                self._answer(group, error)
            else:
                self.has_unsealed = True
                self._answer(group, None)

    def _answer(self, group: Sequence[_Waiting], error: Exception | None) -> None:
        for waiting in group:
            # One whose sender has gone is cancelled by now.
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
        rows = [Sourced(_SOURCE, 0, call.row) for call in calls if not call.refusal]
        with self._journal() as journal:
            journal.append(rows)
            journal.reject(letters)

    def _seal(self) -> None:
        with self._journal() as journal:
            journal.seal()

    @contextmanager
    def _journal(self) -> Iterator[Intake]:
        try:
            if self._intake is None:
                self._intake = self._open()
            yield self._intake
        except BaseException:
            # A journal that failed must be opened anew: the next call does that.
            self._intake = None
            self._opened.close()
            raise

    def _open(self) -> Intake:
        try:
            return self._opened.enter_context(Intake.open(self._root, clock=self._clock, drops_repeats=True))
        except Conflict as error:
            # For a sender it passes, and a Segment library sends again only where the server says so.
            raise Unavailable(error.message, hint="Send the same again later.") from error

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class Collectors:
    """The collectors of a server, by workspace, and the way of their rows into the lake."""

    def __init__(self, settings: Settings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._collectors: dict[UUID, Collector] = {}

    async def take(self, workspace_id: UUID, calls: Sequence[Call]) -> None:
        """Take `calls` into the workspace, as `Collector.take` does."""
        await self._collector(workspace_id).take(calls)

    def resume(self) -> None:
        """Open the folders that an earlier server left, so that what is in them gets to the lake too."""
        for folder in self._settings.intakes.glob(f"*/{HTTP_INLET}"):
            workspace_id = _workspace_of(folder)
            if workspace_id is not None:
                self._collector(workspace_id).has_unsealed = True

    async def bring_to_lake(self) -> None:
        """Seal what came since the last time, and build the lake from it.

        Where a workspace's disk or lake fails, the others go on; then raises an ExceptionGroup. What
        failed is tried again the next time.
        """
        failed: list[Exception] = []
        for workspace_id, collector in list(self._collectors.items()):
            if not collector.has_unsealed:
                continue
            try:
                await collector.seal()
                await asyncio.to_thread(self._build, workspace_id)
            except Exception as error:  # noqa: BLE001  raised below, when every workspace had its turn
                collector.has_unsealed = True
                failed.append(error)
        if failed:
            raise ExceptionGroup("Not every workspace's events were brought to the lake.", failed)

    async def close(self) -> None:
        """Commit what waits and let go of every folder, also where one of them fails."""
        async with AsyncExitStack() as stack:
            for collector in self._collectors.values():
                stack.push_async_callback(collector.close)

    def _collector(self, workspace_id: UUID) -> Collector:
        if workspace_id not in self._collectors:
            root = self._settings.intake(workspace_id) / HTTP_INLET
            self._collectors[workspace_id] = Collector(root, clock=self._clock)
        return self._collectors[workspace_id]

    def _build(self, workspace_id: UUID) -> None:
        intake, lake = self._settings.intake(workspace_id), self._settings.lake
        try:
            build_lake(intake, lake, workspace_id=workspace_id, progress=Silent())
        except Conflict:
            # An import builds it at this moment; the segments are there for the next time.
            self._collectors[workspace_id].has_unsealed = True


def _workspace_of(folder: Path) -> UUID | None:
    """Whose inlet `folder` is; None for what somebody else put there, such as a copy."""
    try:
        return UUID(folder.parent.name)
    except ValueError:
        return None

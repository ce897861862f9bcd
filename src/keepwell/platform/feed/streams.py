"""Streams of changes as server-sent events: bounded in number, in memory and in what they ask of the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import Context
from datetime import timedelta
from uuid import UUID

import msgspec

from keepwell.platform.database import Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.feed import service
from keepwell.platform.feed.model import Change, TooManyStreams, TooManyStreamsOfMember
from keepwell.platform.feed.wake_ups import WakeUps
from keepwell.platform.trace.spans import leave_trace

HEARTBEAT_SECONDS = 15.0
# A stream has no more than one page in memory; the next one is read when its client has taken this one.
_PAGE = 500
# Changes that follow each other closely are sent together.
_SECONDS_BETWEEN_PAGES = 0.2
# Of the pool's connections, so that waking every stream leaves some for requests.
_STATEMENTS_AT_ONCE = 2
_TRY_AGAIN_AFTER = timedelta(seconds=15)
_SILENCE = b": heartbeat\n\n"


class ChangeStreams:
    """The streams that one process serves: at most `most` at a time, and `most_of_member` of one member."""

    def __init__(
        self, database: Database, *, most: int, most_of_member: int, heartbeat: float = HEARTBEAT_SECONDS
    ) -> None:
        self.open = 0
        self._open_of: Counter[UUID] = Counter()
        self._most_of_member = most_of_member
        # Long enough for a phone in a tunnel, which continues where it was when it connects once more.
        self.seconds_to_read = 4 * heartbeat
        self._database = database
        self._most = most
        self._heartbeat = heartbeat
        self._wake_ups = WakeUps(database)
        self._room = asyncio.Semaphore(_STATEMENTS_AT_ONCE)
        self._reads: dict[tuple[asyncio.Event, int], asyncio.Task[Sequence[Change]]] = {}
        self._is_ending = False

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Streams may be open while the block runs."""
        self._is_ending = False
        try:
            yield
        finally:
            self.end()
            await self._wake_ups.close()

    def end(self) -> None:
        """End every stream as soon as it wakes, which is now; their clients reconnect to where they were."""
        self._is_ending = True
        self._wake_ups.wake_all()

    @contextmanager
    def room_for_one(self, member_id: UUID) -> Iterator[None]:
        """Count a stream of the member while the block runs; raises TooManyStreams and TooManyStreamsOfMember beyond a limit."""
        if self._open_of[member_id] >= self._most_of_member:
            raise TooManyStreamsOfMember(
                f"You have {self._most_of_member} streams open, which is the limit of one member.",
                hint="Close some of them, or ask GET /v1/changes now and then.",
                retry_after=_TRY_AGAIN_AFTER,
            )
        if self.open >= self._most:
            raise TooManyStreams(
                f"This server has {self._most} streams open, which is its limit.",
                hint="Try again later, or ask GET /v1/changes now and then.",
                retry_after=_TRY_AGAIN_AFTER,
            )
        self.open += 1
        self._open_of[member_id] += 1
        try:
            yield
        finally:
            self.open -= 1
            self._open_of[member_id] -= 1
            if not self._open_of[member_id]:
                del self._open_of[member_id]

    async def messages(
        self, workspace_id: UUID, *, after: int, is_allowed: Callable[[], Awaitable[bool]]
    ) -> AsyncGenerator[bytes]:
        """Server-sent events: where the stream begins, then each change after that version, and heartbeats.

        Ends once `is_allowed`, which is asked before anything is sent, says no; also when the database does not
        answer, and when the server stops. No connection is held in between.
        """
        leave_trace()
        yield _message("position", after, {"version": after})
        with suppress(InfrastructureError):
            async for text in self._following(workspace_id, after, is_allowed):
                yield text

    async def _following(
        self, workspace_id: UUID, after: int, is_allowed: Callable[[], Awaitable[bool]]
    ) -> AsyncGenerator[bytes]:
        clock = asyncio.get_running_loop().time
        quiet_until = clock() + self._heartbeat
        while not self._is_ending:
            woken = self._wake_ups.next(workspace_id)
            changes = await self._after(workspace_id, after, woken)
            if not changes and clock() < quiet_until:
                await _until(woken, quiet_until)
                continue
            async with self._room:
                if not await is_allowed():
                    return
            yield b"".join(map(_change, changes)) or _SILENCE
            quiet_until = clock() + self._heartbeat
            if changes:
                after = changes[-1].version
            if len(changes) < _PAGE:
                await asyncio.sleep(_SECONDS_BETWEEN_PAGES)

    async def _after(self, workspace_id: UUID, after: int, woken: asyncio.Event) -> Sequence[Change]:
        """The changes after that version, read once for all streams at the same place that wait for the same event.

        Such a read began after the event before it was set, so it has every change that event told of.
        """
        key = woken, after
        read = self._reads.get(key)
        if read is None:
            read = self._reads[key] = asyncio.create_task(self._read(workspace_id, after), context=Context())
            read.add_done_callback(lambda _: self._reads.pop(key, None))
        # A stream that ends must not take the read from the others.
        return await asyncio.shield(read)

    async def _read(self, workspace_id: UUID, after: int) -> Sequence[Change]:
        async with self._room:
            reader = self._database.reader(workspace_id)
            return await service.changes_after(reader, after, workspace_id=workspace_id, limit=_PAGE)


async def _until(woken: asyncio.Event, deadline: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            await woken.wait()


def _change(change: Change) -> bytes:
    return _message("change", change.version, change)


def _message(event: str, version: int, data: object) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (version, event.encode(), msgspec.json.encode(data))

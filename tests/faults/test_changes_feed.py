"""The changes feed under concurrent writers, rollbacks and lost wake-ups: nothing is missed, and the order holds."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Connection, Database, WorkspaceReader
from keepwell.platform.feed import service as feed
from keepwell.platform.feed.streams import ChangeStreams
from keepwell.platform.runtime import system_runtime
from tests import thorough

pytestmark = pytest.mark.anyio
RUNTIME = system_runtime()
WRITERS = 8
CHANGES = thorough.repeats(800, thorough=5_000)
PATIENCE = 60.0


class _Undone(Exception):
    """Rolls back what a writer did."""


async def allowed() -> bool:
    return True


async def note(connection: Connection, workspace: Workspace, *ids: UUID) -> None:
    await feed.note(connection, {"accounts": ids}, workspace_id=workspace.id, runtime=RUNTIME)


async def committed(database: Database, workspace: Workspace) -> UUID:
    """The id of a record whose change is committed."""
    changed = RUNTIME.ids.new()
    async with database.workspace(workspace.id) as connection:
        await note(connection, workspace, changed)
    return changed


class Writer:
    """Commits its share of the changes, one by one, and rolls back as many others."""

    def __init__(self, database: Database, workspace: Workspace, *, seed: int) -> None:
        self.committed: list[UUID] = []
        self.undone: set[UUID] = set()
        self._database = database
        self._workspace = workspace
        self._random = random.Random(seed)

    async def write(self, count: int) -> None:
        while len(self.committed) < count:
            changed, undone = RUNTIME.ids.new(), RUNTIME.ids.new()
            is_kept = self._random.random() < 0.8
            with suppress(_Undone):
                async with self._database.workspace(self._workspace.id) as connection:
                    with suppress(_Undone):
                        async with connection.transaction():
                            await note(connection, self._workspace, undone)
                            raise _Undone
                    await note(connection, self._workspace, changed)
                    await asyncio.sleep(self._random.random() * 0.004)
                    if not is_kept:
                        raise _Undone
            self.undone.add(undone)
            (self.committed.append if is_kept else self.undone.add)(changed)


@pytest.fixture
async def wide(conninfo: str) -> AsyncIterator[Database]:
    """A pool with room for every writer and the reader."""
    async with Database.open(conninfo, max_size=WRITERS + 3) as opened:
        yield opened


async def test_a_reader_misses_no_change_of_eight_writers_and_sees_them_in_order(
    wide: Database, workspace: Workspace
) -> None:
    writers = [Writer(wide, workspace, seed=number) for number in range(WRITERS)]
    streams = ChangeStreams(wide, most=1, most_of_member=1)
    seen: list[tuple[int, UUID]] = []

    async def read() -> None:
        async with aclosing(streams.messages(workspace.id, after=0, is_allowed=allowed)) as messages:
            async for text in messages:
                seen.extend(changes_in(text))
                if len(seen) >= CHANGES:
                    return

    async with streams.serving(), asyncio.timeout(PATIENCE * 2):
        reading = asyncio.create_task(read())
        await asyncio.gather(*(each.write(CHANGES // WRITERS) for each in writers))
        await reading
    versions = [version for version, _ in seen]
    assert versions == sorted(set(versions))
    order = {record_id: version for version, record_id in seen}
    assert order.keys() == {each for writer in writers for each in writer.committed}
    for writer in writers:
        own = [order[each] for each in writer.committed]
        assert own == sorted(own)


@pytest.fixture
def serial_changes(conninfo: str) -> Iterator[None]:
    """A table whose rows are numbered when they are written."""
    with psycopg.connect(conninfo, autocommit=True) as owner:
        owner.execute("create table serial_changes (version bigserial primary key)")
        owner.execute("grant all on serial_changes, serial_changes_version_seq to keepwell_app")
        yield
        owner.execute("drop table serial_changes")


@pytest.mark.usefixtures("serial_changes")
async def test_a_number_taken_when_a_row_is_written_makes_the_same_reader_miss_rows(wide: Database) -> None:
    # Why the version is taken at COMMIT, and that the test above could fail.
    seen: list[int] = []
    is_written = asyncio.Event()

    async def write(seed: int) -> None:
        waits = random.Random(seed)
        for _ in range(50):
            async with wide.transaction() as connection:
                await connection.execute("insert into serial_changes default values")
                await asyncio.sleep(waits.random() * 0.004)

    async def read() -> None:
        is_last = False
        while not is_last:
            is_last = is_written.is_set()
            async with wide.transaction() as connection:
                found = await connection.execute(
                    "select version from serial_changes where version > %s order by 1", [max(seen, default=0)]
                )
                seen.extend(version for (version,) in await found.fetchall())

    reading = asyncio.create_task(read())
    await asyncio.gather(*(write(number) for number in range(WRITERS)))
    is_written.set()
    await reading
    assert len(seen) < 50 * WRITERS


def changes_in(text: bytes) -> list[tuple[int, UUID]]:
    """The versions and record ids of the changes in a piece of a stream."""
    data = [json.loads(line[6:]) for line in text.decode().splitlines() if line.startswith("data: ")]
    return [(each["version"], UUID(each["record_id"])) for each in data if "record_id" in each]


class Following:
    """A stream that is read in the background, as by a server of its own."""

    def __init__(self, database: Database, workspace: Workspace, **options: float) -> None:
        self.seen: list[UUID] = []
        self.texts: list[bytes] = []
        self.streams = ChangeStreams(database, most=1, most_of_member=1, **options)
        self._workspace = workspace
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async with self.streams.serving():
            messages = self.streams.messages(self._workspace.id, after=0, is_allowed=allowed)
            async with aclosing(messages):
                async for text in messages:
                    self.texts.append(text)
                    self.seen += [record_id for _, record_id in changes_in(text)]

    async def begun(self) -> None:
        """Return once the stream has begun."""
        await self._until(lambda: bool(self.texts))

    async def until_seen(self, changed: UUID) -> None:
        """Return once the change has arrived, which takes far less than the poll that a lost wake-up waits for."""
        await self._until(lambda: changed in self.seen)

    async def until_heartbeats(self, count: int) -> None:
        """Return once so many have arrived."""
        await self._until(lambda: self.texts.count(b": heartbeat\n\n") >= count)

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(8):
            while not holds():
                assert not self._reading.done(), self._reading
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        self.streams.end()
        await asyncio.wait_for(self._reading, 10)


async def test_a_commit_of_any_process_wakes_the_streams_of_all(
    database: Database, conninfo: str, workspace: Workspace
) -> None:
    async with Database.open(conninfo) as other_process:
        followers = [Following(each, workspace) for each in (database, other_process)]
        for each in followers:
            await each.begun()
        changed = await committed(database, workspace)
        for each in followers:
            await each.until_seen(changed)
            await each.stop()


async def test_a_cut_listening_connection_is_replaced_and_no_change_is_missed(
    database: Database, conninfo: str, workspace: Workspace
) -> None:
    following = Following(database, workspace)
    await following.until_seen(await committed(database, workspace))
    with psycopg.connect(conninfo, autocommit=True) as owner:
        for expected in (2, 3):
            await wait_until_listening(owner)
            cut = owner.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'"
            ).fetchall()
            assert cut == [(True,)]
            await following.until_seen(await committed(database, workspace))
            assert len(following.seen) == expected
    await following.stop()


async def wait_until_listening(owner: psycopg.Connection) -> None:
    for _ in range(200):
        if owner.execute("select 1 from pg_stat_activity where query like 'listen %'").fetchall():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody listens again")


class FirstAnswerWithheld:
    """A database whose first answer to a reader comes late, as over a slow line."""

    def __init__(self, database: Database) -> None:
        self.is_answered = asyncio.Event()
        self.may_arrive = asyncio.Event()
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def reader(self, workspace_id: UUID) -> WorkspaceReader:
        self._reader = self._database.reader(workspace_id)
        return self

    async def rows(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        found = await self._reader.rows(sql, parameters)
        if not self.is_answered.is_set():
            self.is_answered.set()
            await self.may_arrive.wait()
        return found


async def test_streams_do_not_share_a_read_that_began_before_the_change_that_woke_them(
    database: Database, workspace: Workspace
) -> None:
    slow = FirstAnswerWithheld(database)
    streams = ChangeStreams(cast(Database, slow), most=2, most_of_member=2)
    first, second = (streams.messages(workspace.id, after=0, is_allowed=allowed) for _ in range(2))
    async with asyncio.timeout(8), streams.serving(), aclosing(first), aclosing(second):
        await anext(first)
        waiting = asyncio.create_task(anext(first))
        await slow.is_answered.wait()
        changed = await committed(database, workspace)
        # Until the process has been notified, nobody could be wrong.
        await asyncio.sleep(0.3)
        await anext(second)
        following = asyncio.create_task(anext(second))
        await asyncio.sleep(0.1)
        slow.may_arrive.set()
        assert [changes_in(await each) for each in (following, waiting)] == [[(1, changed)]] * 2


async def test_a_quiet_stream_sends_heartbeats(database: Database, workspace: Workspace) -> None:
    following = Following(database, workspace, heartbeat=0.1)
    await following.until_heartbeats(2)
    await following.stop()


async def test_a_stream_sends_nothing_once_its_rights_are_gone(
    database: Database, workspace: Workspace
) -> None:
    is_signed_in = True

    async def still() -> bool:
        return is_signed_in

    streams, texts = ChangeStreams(database, most=1, most_of_member=1), []
    messages = streams.messages(workspace.id, after=0, is_allowed=still)
    async with asyncio.timeout(10), streams.serving(), aclosing(messages):
        texts.append(await anext(messages))
        first = await committed(database, workspace)
        texts.append(await anext(messages))
        is_signed_in = False
        await committed(database, workspace)
        texts += [text async for text in messages]
    assert [changes_in(text) for text in texts] == [[], [(1, first)]]


async def test_what_a_rollback_takes_back_is_no_change(database: Database, workspace: Workspace) -> None:
    kept, undone, also_undone = (RUNTIME.ids.new() for _ in range(3))
    async with database.workspace(workspace.id) as connection:
        with suppress(_Undone):
            async with connection.transaction():
                await note(connection, workspace, undone)
                raise _Undone
        await note(connection, workspace, kept)
    with suppress(_Undone):
        async with database.workspace(workspace.id) as connection:
            await note(connection, workspace, also_undone)
            raise _Undone
    async with database.workspace(workspace.id) as connection:
        found = await feed.page(connection, workspace_id=workspace.id, after=0, limit=10)
        left = await (await connection.execute("select count(*) from pending_changes")).fetchone()
    assert ([each.record_id for each in found.items], found.newest, left) == ([kept], 1, (0,))


async def test_a_record_is_in_the_feed_once_at_its_latest_version(
    database: Database, workspace: Workspace
) -> None:
    first, second = RUNTIME.ids.new(), RUNTIME.ids.new()
    for changed in (first, second, first):
        async with database.workspace(workspace.id) as connection:
            await note(connection, workspace, changed)
    async with database.workspace(workspace.id) as connection:
        found = await feed.page(connection, workspace_id=workspace.id, after=0, limit=10)
    assert [(each.version, each.record_id) for each in found.items] == [(2, second), (3, first)]


async def test_a_transaction_that_has_entered_another_workspace_still_numbers_its_changes(
    database: Database, workspace: Workspace
) -> None:
    changed, elsewhere = RUNTIME.ids.new(), str(RUNTIME.ids.new())
    async with database.workspace(workspace.id) as connection:
        await note(connection, workspace, changed)
        await connection.execute("select set_config('app.workspace_id', %s, true)", [elsewhere])
    async with database.workspace(workspace.id) as connection:
        found = await feed.page(connection, workspace_id=workspace.id, after=0, limit=10)
    assert [each.record_id for each in found.items] == [changed]

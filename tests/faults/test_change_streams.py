"""Streams of changes on a running server: bounded, ended with their sessions, and harmless when slow."""

from __future__ import annotations

import asyncio
import json
import signal
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from keepwell.platform.postgres.embedded import EmbeddedPostgres
from tests import thorough
from tests.clocks import at_this_load
from tests.event_streams import EventStream
from tests.running import RunningServer, keepwell

pytestmark = pytest.mark.anyio
MOST = thorough.repeats(40, thorough=500)
ATTEMPTS = 10 * MOST
AT_ONCE = 50
# Far more than the kernel keeps for a connection: each change has a kilobyte.
MANY = 40_000
KILOBYTE = "k" * 1_000
# Of one address only 256 requests are answered at once; each of these has a part of the streams.
ADDRESSES = [f"127.0.0.{number}" for number in range(2, 42)]


class Stage:
    """A running server, and a token of its owner."""

    def __init__(self, server: RunningServer, dsn: str) -> None:
        self.server = server
        self.dsn = dsn
        self.port = int(server.url.rpartition(":")[2])
        self.opened: list[EventStream] = []
        self.token = self.new_token()

    def new_token(self, name: str = "test") -> str:
        printed = keepwell(self.server.home, "token", "create", "--name", name, "--json")
        return str(json.loads(printed)["token"])

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx.AsyncClient(base_url=self.server.url, headers=headers, timeout=30)

    async def stream(
        self, token: str | None = None, *, local: str = "127.0.0.1", query: str = ""
    ) -> EventStream:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return await self.stream_with(headers, local=local, query=query)

    async def stream_with(
        self, headers: dict[str, str], *, local: str = "127.0.0.1", query: str = ""
    ) -> EventStream:
        """A stream of these credentials, which is closed when the test ends."""
        stream = await EventStream.open(self.port, headers=headers, local=local, query=query)
        self.opened.append(stream)
        return stream

    @property
    def memory(self) -> int:
        """Kilobytes of memory that the server has."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("streams") / "home"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("KEEPWELL_MOST_STREAMS", str(MOST))
        patched.setenv("KEEPWELL_MOST_STREAMS_OF_MEMBER", str(2 * MOST))
        with RunningServer(home) as server, EmbeddedPostgres(home) as postgres:
            yield Stage(server, postgres.dsn)


@pytest.fixture(autouse=True)
async def closed_streams(stage: Stage) -> AsyncIterator[None]:
    """No stream of a test that failed keeps its place from the next, or is closed in the middle of another file."""
    yield
    while stage.opened:
        await stage.opened.pop().close()


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.client() as opened:
        yield opened


async def add(client: httpx.AsyncClient) -> str:
    name = f"A-{uuid4().hex[:12]}"
    answer = await client.post("/v1/accounts", json={"external_id": name, "name": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def close(streams: list[EventStream]) -> None:
    for each in streams:
        await each.close()


async def until_admitted(stage: Stage) -> EventStream:
    """A stream, as soon as the places of those that were closed are free."""
    deadline = time.monotonic() + 30
    while (stream := await stage.stream()).status != 200:
        await stream.close()
        assert time.monotonic() < deadline, "closed streams keep their places"
        await asyncio.sleep(0.05)
    return stream


async def test_a_stream_sends_each_change_uncompressed_and_holds_no_transaction(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    stream = await stage.stream()
    await stream.read_until(b"event: position")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in stream.headers
    created = await add(client)
    # Long before the next heartbeat.
    await stream.read_until(created.encode(), seconds=at_this_load(5))
    with psycopg.connect(stage.dsn) as connection:
        found = connection.execute(
            "select count(*) from pg_stat_activity where state = 'idle in transaction'"
        ).fetchone()
    assert found == (0,)
    await stream.close()


async def test_a_reconnecting_stream_begins_after_the_last_event_that_it_names(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    newest = (await client.get("/v1/changes")).json()["newest"]
    missed = [await add(client) for _ in range(3)]
    headers = {"Authorization": f"Bearer {stage.token}", "Last-Event-ID": str(newest)}
    stream = await stage.stream_with(headers, query="?after=0")
    await stream.read_until(missed[-1].encode())
    assert stream.records == missed
    await stream.close()


async def test_streams_are_bounded_and_the_server_answers_while_all_are_open(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    before = stage.memory
    opened: list[EventStream] = []
    refused: list[EventStream] = []

    async def attempt(number: int) -> None:
        stream = await stage.stream(local=ADDRESSES[number % len(ADDRESSES)])
        if stream.status == 200:
            opened.append(stream)
            return
        refused.append(stream)
        await stream.close()

    for start in range(0, ATTEMPTS, AT_ONCE):
        await asyncio.gather(*map(attempt, range(start, start + AT_ONCE)))
    assert (len(opened), len(refused)) == (MOST, ATTEMPTS - MOST)
    assert {(each.status, each.headers["retry-after"]) for each in refused} == {(503, "15")}

    reading = [asyncio.create_task(each.read_until(b"event: change")) for each in opened]
    changing = asyncio.create_task(add(client))
    waits: list[float] = []
    async with httpx.AsyncClient(base_url=stage.server.url) as anybody:
        await anybody.get("/health/live")
        while len(waits) < 50 or not all(each.done() for each in reading):
            began = time.perf_counter()
            (await anybody.get("/health/live")).raise_for_status()
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)
    await asyncio.gather(changing, *reading)
    # Not the slowest, since this test's own tasks share the processor with the server.
    assert statistics.quantiles(waits, n=20)[-1] < at_this_load(0.1)
    assert stage.memory - before < 40 * MOST + 20_000

    await close(opened)
    await (await until_admitted(stage)).close()


async def signed_in(link: str) -> dict[str, str]:
    """The cookie of a browser that has opened the link."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(link)
    return {"Cookie": f"keepwell_session={answer.cookies['keepwell_session']}"}


async def test_a_stream_ends_with_its_session_token_or_member(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    home, url = stage.server.home, stage.server.url
    added = json.loads(keepwell(home, "member", "add", "Second", "--json"))
    browsers = [await signed_in(stage.server.sign_in_link), await signed_in(url + added["sign_in_path"])]
    revoked = await client.post("/v1/tokens", json={"name": "revoked"})
    credentials = [*browsers, {"Authorization": f"Bearer {revoked.json()['token']}"}]
    streams = [await stage.stream_with(each) for each in credentials]
    assert [each.status for each in streams] == [200, 200, 200]
    staying = await stage.stream()

    async with httpx.AsyncClient(base_url=url, headers=browsers[0]) as browser:
        assert (await browser.post("/v1/session/end")).status_code == 204
    keepwell(home, "member", "remove", added["id"])
    assert (await client.delete(f"/v1/tokens/{revoked.json()['id']}")).status_code == 204
    # For two seconds a token is taken for what it was.
    await asyncio.sleep(2)
    hidden = await add(client)
    for each in streams:
        await each.read_to_its_end()
        assert hidden not in each.records
    await staying.read_until(hidden.encode())
    # Their places are free, although their clients have not closed them.
    others = [await stage.stream(local=ADDRESSES[number % len(ADDRESSES)]) for number in range(MOST - 1)]
    assert {each.status for each in others} == {200}
    await close([*streams, *others, staying])


async def test_a_client_that_does_not_read_costs_no_memory_and_delays_nobody(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    newest = (await client.get("/v1/changes")).json()["newest"]
    silent = await stage.stream(query=f"?after={newest}")
    before = stage.memory
    with psycopg.connect(stage.dsn) as connection:
        connection.execute(
            """
            insert into pending_changes (workspace_id, id, kinds, record_ids)
            select id, gen_random_uuid(), array_fill(%(kind)s::text, array[%(many)s]), array(
              select gen_random_uuid() from generate_series(1, %(many)s))
            from workspaces
            """,
            {"many": MANY, "kind": KILOBYTE},
        )
    reading = await stage.stream(query=f"?after={newest + MANY - 1}")
    await reading.read_until(b"event: change")
    await asyncio.sleep(1)
    grown = stage.memory - before
    # In kilobytes: a few pages, and all of them are more than four times as much.
    assert grown < MANY / 4
    await silent.read_until(f"id: {newest + MANY}\n".encode(), seconds=60)
    assert len(silent.records) == MANY
    await close([silent, reading])


async def test_a_server_with_open_streams_stops_at_once(stage: Stage) -> None:
    streams = [await stage.stream() for _ in range(3)]
    began = time.monotonic()
    stage.server.process.send_signal(signal.SIGTERM)
    for each in streams:
        await each.read_to_its_end()
    assert stage.server.process.wait(30) == 0
    assert time.monotonic() - began < at_this_load(3)
    await close(streams)

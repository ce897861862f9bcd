"""Connections of the scoring service: a client that is silent, slow or endless is let go."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from litestar.types import Receive, Scope, Send
from uvicorn import Config, Server

from keepwell.app.scoring import connections
from keepwell.app.scoring.connections import BoundedConnection

pytestmark = pytest.mark.anyio

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok", "more_body": False})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server that waits a third of a second for a head, and holds three connections."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 3)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = Config(
            answer, http=BoundedConnection, lifespan="off", log_config=None, timeout_keep_alive=30
        )
        server = Server(config)
        with server.capture_signals():
            serving = asyncio.create_task(server._serve([listener]))
            while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
                await asyncio.sleep(0.01)
            yield listener.getsockname()[1]
            server.should_exit = True
            await serving


async def opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def ends(reader: asyncio.StreamReader) -> bytes:
    """What is still read of a connection that the server ends."""
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("half", [b"", b"GET / HTTP/1.1\r\nHost:"])
async def test_a_head_that_does_not_come_ends_the_connection(port: int, half: bytes) -> None:
    reader, writer = await opened(port)
    writer.write(half)
    assert await ends(reader) == b""
    writer.close()


async def test_half_a_head_after_an_answer_ends_the_connection(port: int) -> None:
    reader, writer = await opened(port)
    writer.write(REQUEST)
    assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
    writer.write(REQUEST[:10])
    assert await ends(reader) == b""
    writer.close()


async def test_a_head_that_never_ends_is_refused(port: int) -> None:
    reader, writer = await opened(port)
    writer.write(b"GET / HTTP/1.1\r\n" + b"X-Long: 0123456789\r\n" * 5_000)
    assert b"The headers are too long." in await ends(reader)
    writer.close()


async def test_many_requests_of_one_connection_are_no_long_head(port: int) -> None:
    reader, writer = await opened(port)
    for _ in range(60):
        writer.write(REQUEST.replace(b"\r\n\r\n", b"\r\nX-Long: " + b"0" * 3_000 + b"\r\n\r\n"))
        await reader.readuntil(b"ok")
    writer.close()


async def test_beyond_the_most_connections_one_is_let_go_and_the_others_go_on(port: int) -> None:
    held = [await opened(port) for _ in range(3)]
    reader, writer = await opened(port)
    assert await ends(reader) == b""
    writer.close()
    held[0][1].write(REQUEST)
    assert (await held[0][0].readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
    for _, each in held:
        each.close()

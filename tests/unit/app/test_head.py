"""HEAD over any application: the headers of GET, no body, and no stream that goes on behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest
from litestar.types import HTTPScope, Message, Receive, Scope, Send

from keepwell.app.middleware.head import answering_head

pytestmark = pytest.mark.anyio

START: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]}
NO_BODY: Message = {"type": "http.response.body", "body": b"", "more_body": False}


def scope(method: str) -> HTTPScope:
    return cast(HTTPScope, {"type": "http", "method": method, "path": "/", "headers": [], "state": {}})


async def received() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def answered(app: Any, asked: HTTPScope) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await answering_head(app)(asked, received, send)
    return sent


async def test_head_gets_the_headers_of_get_without_its_body() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope.get("method") == "GET"
        await receive()
        await send(START)
        await send({"type": "http.response.body", "body": b"some body", "more_body": False})

    asked = scope("HEAD")
    assert await answered(app, asked) == [START, NO_BODY]
    assert str(asked["method"]) == "HEAD"


async def test_a_stream_ends_once_its_headers_are_sent() -> None:
    chunks: Iterator[int] = iter(range(1_000_000))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(START)

        async def stream() -> None:
            while True:
                await send({"type": "http.response.body", "body": b"%d" % next(chunks), "more_body": True})
                await asyncio.sleep(0)

        streaming = asyncio.create_task(stream())
        assert (await receive())["type"] == "http.disconnect"
        streaming.cancel()

    assert await answered(app, scope("HEAD")) == [START, NO_BODY]
    assert next(chunks) < 10


@pytest.mark.parametrize(
    ("allowed", "named"), [(b"POST, GET, OPTIONS", b"GET, HEAD, OPTIONS, POST"), (b"POST", b"POST")]
)
async def test_head_is_allowed_where_get_is(allowed: bytes, named: bytes) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 405, "headers": [(b"Allow", allowed)]})

    (start,) = await answered(app, scope("PUT"))
    assert start.get("headers") == [(b"Allow", named)]

"""A stream's place is free again once nobody reads it, whatever its client does with the connection."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from keepwell.app.middleware.streams import with_a_place
from keepwell.platform.database import Database
from keepwell.platform.feed.streams import ChangeStreams

pytestmark = pytest.mark.anyio


async def test_a_client_that_reads_nothing_loses_its_place() -> None:
    streams = ChangeStreams(cast(Database, None), most=1, heartbeat=0.01)

    async def stream(_scope: Any, _receive: Any, send: Any) -> None:
        # As a response of Litestar does, which waits for the client's end meanwhile.
        async with asyncio.TaskGroup() as group:
            group.create_task(
                send({"type": "http.response.body", "body": b": heartbeat\n\n", "more_body": True})
            )
            group.create_task(asyncio.Event().wait())

    async def send(_message: Any) -> None:
        assert streams.open == 1
        await asyncio.Event().wait()

    scope = {"litestar_app": SimpleNamespace(state=SimpleNamespace(streams=streams))}
    async with asyncio.timeout(5):
        await with_a_place(cast(Any, stream))(cast(Any, scope), cast(Any, None), send)
    assert streams.open == 0

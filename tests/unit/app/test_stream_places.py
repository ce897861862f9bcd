"""A stream's place is free again once nobody reads it, whatever its client does with the connection."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from keepwell.app.middleware.streams import with_a_place
from keepwell.platform.database import Database
from keepwell.platform.feed.model import TooManyStreamsOfMember
from keepwell.platform.feed.streams import ChangeStreams

pytestmark = pytest.mark.anyio


def scope_of(streams: ChangeStreams, *, member_id: UUID) -> dict[str, Any]:
    app = SimpleNamespace(state=SimpleNamespace(streams=streams))
    return {"litestar_app": app, "user": SimpleNamespace(member_id=member_id)}


async def test_a_member_with_many_addresses_leaves_places_for_others() -> None:
    streams = ChangeStreams(cast(Database, None), most=500, most_of_member=20)
    greedy, other, end = uuid4(), uuid4(), asyncio.Event()

    async def stream(_scope: Any, _receive: Any, _send: Any) -> None:
        await end.wait()

    async def follow(member_id: UUID) -> None:
        scope = scope_of(streams, member_id=member_id)
        await with_a_place(cast(Any, stream))(cast(Any, scope), cast(Any, None), cast(Any, None))

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(follow(greedy))
        await asyncio.sleep(0)
        with pytest.raises(TooManyStreamsOfMember) as refused:
            await follow(greedy)
        group.create_task(follow(other))
        await asyncio.sleep(0)
        assert streams.open == 21
        end.set()
    assert (refused.value.http_status, refused.value.retry_after) == (429, timedelta(seconds=15))
    # The places are free again.
    await follow(greedy)
    assert streams.open == 0


async def test_a_client_that_reads_nothing_loses_its_place() -> None:
    streams = ChangeStreams(cast(Database, None), most=1, most_of_member=1, heartbeat=0.01)

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

    scope = scope_of(streams, member_id=uuid4())
    async with asyncio.timeout(5):
        await with_a_place(cast(Any, stream))(cast(Any, scope), cast(Any, None), send)
    assert streams.open == 0

"""What streams need beyond other requests: one of a limited number of places, and rights that are read again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from keepwell.app.middleware.authentication import CACHED_SECONDS, still_signed_in
from keepwell.app.middleware.connection import AnyConnection
from keepwell.platform.feed.streams import ChangeStreams

_LOG = structlog.get_logger("keepwell.changes")


class _NobodyReadsError(Exception):
    """The client of a stream has taken nothing for a while."""


@asynccontextmanager
async def serving_streams(streams: ChangeStreams, app: Litestar) -> AsyncIterator[None]:  # noqa: ARG001  Litestar's signature
    """Streams may be open while the application runs."""
    async with streams.serving():
        yield


def with_a_place(app: ASGIApp) -> ASGIApp:
    """`app`, whose answer is one of the open streams until its last byte, or until its client has read nothing for a while.

    Raises TooManyStreams and TooManyStreamsOfMember beyond the limits.
    """

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        streams: ChangeStreams = scope["litestar_app"].state.streams

        async def send_in_time(message: Message) -> None:
            # A client that reads nothing would keep its place forever, even once its token is revoked.
            try:
                async with asyncio.timeout(streams.seconds_to_read):
                    await send(message)
            except TimeoutError as error:
                raise _NobodyReadsError from error

        with streams.room_for_one(scope["user"].member_id):
            try:
                await app(scope, receive, send_in_time)
            except* _NobodyReadsError:
                _LOG.info("a stream ended, since nobody reads it")

    return counted


class LiveRights:
    """Whether the caller of a request is still signed in and may do what its route requires."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection
        self._read_at = asyncio.get_running_loop().time()

    async def __call__(self) -> bool:
        """The answer; a yes may be two seconds old, as for any token."""
        now = asyncio.get_running_loop().time()
        if now - self._read_at < CACHED_SECONDS:
            return True
        self._read_at = now
        principal = await still_signed_in(self._connection)
        required = self._connection.route_handler.opt["permission"]
        return principal is not None and required in principal.permissions

"""A test client that runs the app on the test's own event loop."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import httpx
from litestar import Litestar


class AppClient(httpx.AsyncClient):
    """Litestar's own client starts the app, and answers each request, on a loop of its own in another thread.

    The app then shares the pool of connections with the test, and a pool belongs to one loop: while a request was answered,
    the test's loop stood still, and whoever held a connection there could not give it back.
    """

    def __init__(self, app: Litestar, *, raise_server_exceptions: bool = True, **options: Any) -> None:
        # That of Litestar's client: limits are per address, and some tests send others by a proxy's header.
        transport = httpx.ASGITransport(
            app,  # type: ignore[arg-type]  # its messages are typed dictionaries
            raise_app_exceptions=raise_server_exceptions,
            client=("testclient", 50_000),
        )
        super().__init__(
            transport=transport,
            base_url="http://testserver.local",
            headers={"user-agent": "testclient"},
            follow_redirects=True,
            **options,
        )
        self.app = app
        self._started = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        await self._started.enter_async_context(self.app.lifespan())
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._started.aclose()
        await super().__aexit__(exc_type, exc_value, traceback)

"""A test client that runs the lifespan of the app on the test's own event loop."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Self

from litestar import Litestar
from litestar.testing import AsyncTestClient


class AppClient(AsyncTestClient[Litestar]):
    """Litestar's own client starts the app in another thread, on a loop of its own.

    What the app begins at its start then shares the pool of connections with the test: the pool's locks belong to one loop, and
    whoever waits for a connection while the other loop gives one back fails with "Lock is not acquired".
    """

    async def __aenter__(self) -> Self:
        self._started = AsyncExitStack()
        await self._started.enter_async_context(self.app.lifespan())
        return self

    async def __aexit__(self, *_args: object) -> None:
        await self._started.aclose()

"""The transactions of a request, each of which ends with it whatever happens.

Litestar finishes a dependency when the handler has returned or raised. But where another dependency is
refused, by a parameter that is not valid, nobody finishes those that were there before: their connections
would be held until the garbage collector comes by. So each is noted, and what is left open is rolled back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from litestar.types import Scope

from keepwell.platform.database import Connection

_OPEN = "open_transactions"


class _Abandoned(Exception):
    """Rolls a transaction back whose request has ended."""


async def in_request(
    scope: Scope, transaction: AbstractAsyncContextManager[Connection]
) -> AsyncIterator[Connection]:
    """Hand out the connection of `transaction`; it commits when this goes on, and else is rolled back."""
    stack = AsyncExitStack()
    connection = await stack.enter_async_context(transaction)
    scope["state"].setdefault(_OPEN, []).append(stack)
    try:
        yield connection
    except BaseException as error:
        await stack.__aexit__(type(error), error, error.__traceback__)
        raise
    await stack.aclose()


async def roll_back_left_open(scope: Scope) -> None:
    """Roll back each transaction of the request that nobody finished; a no-op for those that ended."""
    for stack in scope.get("state", {}).pop(_OPEN, []):
        abandoned = _Abandoned()
        try:
            await stack.__aexit__(_Abandoned, abandoned, None)
        except _Abandoned:
            continue

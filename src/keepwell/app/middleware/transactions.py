"""A request's transactions end with the request, whatever happens.

Litestar 2.25 closes generator dependencies when the handler has returned or raised. But if a later dependency
fails, on an invalid parameter for instance, the earlier ones are never closed: their connections would stay
checked out until garbage collection. So each transaction is recorded, and any left open is rolled back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from litestar.types import Scope

from keepwell.platform.database import Connection

_OPEN = "open_transactions"


class _Abandoned(Exception):
    """Rolls back the transaction when the request has ended."""


async def in_request(
    scope: Scope, transaction: AbstractAsyncContextManager[Connection]
) -> AsyncIterator[Connection]:
    """Yield the connection of `transaction`; commit if the request succeeds, roll back if it raises."""
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
    """Roll back the request's transactions that are still open; does nothing to finished ones."""
    for stack in scope.get("state", {}).pop(_OPEN, []):
        abandoned = _Abandoned()
        try:
            await stack.__aexit__(_Abandoned, abandoned, None)
        except _Abandoned:
            continue

"""Look-ups of host names in threads of their own, so that a slow name server holds up nobody else.

`getaddrinfo` cannot be cancelled, and the event loop's own threads are few: six slow names would stop every other
look-up, and the end of the process.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from keepwell.platform.errors import Unavailable

Lookup: TypeAlias = Callable[[str, int], Sequence[str]]

# Threads that wait for name servers; each costs little more than its stack.
_MOST_AT_ONCE = 128


def addresses_of(host: str, port: int) -> Sequence[str]:
    """The addresses of `host` by the machine's resolver; raises OSError or UnicodeError if there are none."""
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class NameLookups:
    """One look-up per host at a time, whose result goes to everybody who waits for it."""

    def __init__(self, lookup: Lookup = addresses_of) -> None:
        self._lookup = lookup
        self._running: dict[str, asyncio.Future[Sequence[str]]] = {}

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of `host`; raises Unavailable if it has none, or too many look-ups are running."""
        running = self._running.get(host)
        if running is None:
            running = self._begin(host, port)
        # Shielded: whoever gives up waiting does not end the look-up of the others.
        return await asyncio.shield(running)

    def _begin(self, host: str, port: int) -> asyncio.Future[Sequence[str]]:
        if len(self._running) >= _MOST_AT_ONCE:
            raise Unavailable(
                f"{host}: too many slow names are being resolved.", hint="Check the name server."
            )
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Sequence[str]] = loop.create_future()
        self._running[host] = found

        def work() -> None:
            try:
                addresses = self._lookup(host, port)
            except (OSError, UnicodeError) as error:
                failed = Unavailable(
                    f"{host}: this name cannot be resolved.", hint="Check the name in the url."
                )
                failed.__cause__ = error
                _hand_over(loop, self._finish, host, failed)
            else:
                _hand_over(loop, self._finish, host, addresses)

        # A daemon, so that the process can end meanwhile.
        threading.Thread(target=work, name=f"look up {host}", daemon=True).start()
        return found

    def _finish(self, host: str, result: Sequence[str] | Unavailable) -> None:
        found = self._running.pop(host)
        if found.cancelled():
            return
        if isinstance(result, Unavailable):
            found.set_exception(result)
            # Read here as well: perhaps nobody waits any more.
            found.exception()
        else:
            found.set_result(result)


def _hand_over(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: Any) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call, *arguments)

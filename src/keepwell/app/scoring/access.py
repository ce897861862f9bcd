"""Callers: API tokens, remembered for two seconds and read again before they are over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

import msgspec
import structlog
from cachetools import LRUCache
from litestar.types import Scope

from keepwell.app.middleware.authentication import CACHED_SECONDS
from keepwell.app.middleware.failed_authentications import FailedAuthentications
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.model import Principal
from keepwell.identity.permissions import Permission
from keepwell.platform.clock import Clock
from keepwell.platform.database import Database
from keepwell.platform.errors import KeepwellError, NotAuthenticated, PolicyViolation

_LOG = structlog.get_logger("keepwell.scoring")
_MOST_REMEMBERED = 10_000
# Nobody has to wait for a token that is in use: from half of its time on it is read again in the background.
_READ_AGAIN_AFTER = CACHED_SECONDS / 2
_LONGEST_HEADER = 1_000
_HINT = "Send an API token as `Authorization: Bearer kw_...`: ./keepwell token create --name scoring --scope score"


class Caller(msgspec.Struct, frozen=True):
    """The principal of a token, as read at a time in seconds, and the `key` of its limit."""

    principal: Principal
    key: str
    read_at: float


class Access:
    """Tells who a request is from. A token that is revoked answers for at most two seconds more."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        sign_ins_per_minute: int,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._seconds = seconds
        self._failures = FailedAuthentications(sign_ins_per_minute=sign_ins_per_minute, monotonic=seconds)
        self._remembered: LRUCache[bytes, Caller] = LRUCache(_MOST_REMEMBERED)
        self._reading: dict[bytes, asyncio.Task[Caller | None]] = {}

    async def caller(self, scope: Scope, authorization: bytes) -> Caller:
        """The caller that this header names. Raises NotAuthenticated, QuotaExceeded after many wrong ones, PolicyViolation without the scope."""
        found = self._remembered.get(authorization)
        if found is not None:
            age = self._seconds() - found.read_at
            if age < CACHED_SECONDS:
                if age >= _READ_AGAIN_AFTER:
                    self._start_reading(authorization)
                return found
        return await self._read(scope, authorization)

    async def _read(self, scope: Scope, authorization: bytes) -> Caller:
        if not authorization:
            raise NotAuthenticated(hint=_HINT)
        credential = authorization[:_LONGEST_HEADER].decode("latin-1")
        self._failures.require_room(scope, credential)
        caller = await asyncio.shield(self._start_reading(authorization))
        if caller is None:
            self._failures.note_wrong(scope)
            raise NotAuthenticated("This is no API token of this server, or it has ended.", hint=_HINT)
        self._failures.note_right(credential)
        if Permission.SCORE not in caller.principal.permissions:
            raise PolicyViolation(
                f"This requires the permission {str(Permission.SCORE)!r}.",
                hint="Create a token with it: ./keepwell token create --name scoring --scope score",
            )
        return caller

    def _start_reading(self, authorization: bytes) -> asyncio.Task[Caller | None]:
        """The task that looks this token up already, or a new one."""
        running = self._reading.get(authorization)
        if running is None:
            running = asyncio.create_task(self._look_up(authorization))
            self._reading[authorization] = running
            running.add_done_callback(lambda done: self._ended(authorization, done))
        return running

    async def _look_up(self, authorization: bytes) -> Caller | None:
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer" or not token or len(token) > _LONGEST_HEADER or not token.isascii():
            return None
        read_at = self._seconds()
        async with self._database.transaction() as connection:
            principal = await api_tokens.principal_of_token(
                connection, token.decode("ascii"), clock=self._clock
            )
        caller = None if principal is None else Caller(principal, str(principal.token_id), read_at)
        if caller is None or Permission.SCORE not in caller.principal.permissions:
            self._remembered.pop(authorization, None)
        else:
            self._remembered[authorization] = caller
        return caller

    def _ended(self, authorization: bytes, task: asyncio.Task[Caller | None]) -> None:
        del self._reading[authorization]
        error = None if task.cancelled() else task.exception()
        # Whoever waits gets it as well; one that nobody waits for is asked again soon.
        if error is not None and not isinstance(error, KeepwellError):
            _LOG.error("reading a token failed", exc_info=error)

"""Authentication: an API or access token in the Authorization header, or a session cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from cachetools import TTLCache

from keepwell.app.middleware.connection import AnyConnection
from keepwell.identity.access_tokens.service import AccessTokens
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.model import Principal
from keepwell.identity.refresh_tokens import service as refresh_tokens
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.cookies import session_secret
from keepwell.platform.clock import Clock
from keepwell.platform.database import Database
from keepwell.platform.errors import NotAuthenticated

Proof: TypeAlias = Literal["token", "session"]

_DOTS_OF_A_JWT = 2
CACHED_SECONDS = 2.0
_MOST_CACHED = 10_000
_HINT = "`./keepwell sign-in` prints a link for a browser, `./keepwell token create` a token for a script."


async def authenticate(connection: AnyConnection, *, live: bool) -> tuple[Principal, Proof]:
    """The caller, and the proof of who that is; raises NotAuthenticated if there is none.

    With `live`, the rights are read from the database now. Otherwise those that an access token names, or that were
    read for an API token two seconds ago, are good enough.
    """
    principal, proof = await _principal(connection, live=live, is_use=True)
    if principal is None:
        raise NotAuthenticated(hint=_HINT)
    return principal, proof


async def still_signed_in(connection: AnyConnection) -> Principal | None:
    """The caller as the database knows it now, or None if its session or token has ended; does not count as use.

    A stream asks this while nobody may be there, and must not keep its own session from ending.
    """
    try:
        principal, _ = await _principal(connection, live=True, is_use=False)
    except NotAuthenticated:
        return None
    return principal


def credential_of(connection: AnyConnection) -> str:
    """The Authorization header or session secret that a request came with; empty if it has neither."""
    return connection.headers.get("authorization", "") or session_secret(connection)


def token_cache(monotonic: Callable[[], float]) -> TTLCache[str, Principal]:
    """Caches token lookups for two seconds: a script that pages through a list sends the same token each time.

    A revoked token may therefore work for up to two seconds more.
    """
    return TTLCache(_MOST_CACHED, CACHED_SECONDS, timer=monotonic)


async def _principal(
    connection: AnyConnection, *, live: bool, is_use: bool
) -> tuple[Principal | None, Proof]:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        if token.count(".") == _DOTS_OF_A_JWT:
            return await _of_access_token(connection, token, live=live), "token"
        return await _of_api_token(connection, token, live=live), "token"
    session = session_secret(connection)
    if not session:
        return None, "token"
    database: Database = connection.app.state.database
    async with database.transaction() as transaction:
        clock: Clock = connection.app.state.clock
        found = await sessions.principal_of_session(transaction, session, clock=clock, is_use=is_use)
        return found, "session"


async def _of_access_token(connection: AnyConnection, token: str, *, live: bool) -> Principal | None:
    state = connection.app.state
    access_tokens: AccessTokens = state.access_tokens
    named = access_tokens.principal_of(token)
    if not live or named.family_id is None:
        return named
    async with state.database.workspace(named.workspace_id) as transaction:
        return await refresh_tokens.principal_of_family(
            transaction, named.workspace_id, family_id=named.family_id, clock=state.clock
        )


async def _of_api_token(connection: AnyConnection, token: str, *, live: bool) -> Principal | None:
    state = connection.app.state
    cache: TTLCache[str, Principal] = state.token_cache
    principal = None if live else cache.get(token)
    if principal is None:
        async with state.database.transaction() as transaction:
            principal = await api_tokens.principal_of_token(transaction, token, clock=state.clock)
        if principal is not None:
            cache[token] = principal
    return principal

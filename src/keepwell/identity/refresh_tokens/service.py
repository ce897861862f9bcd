"""Refresh tokens: each works once and gives the next, so that theft is noticed (RFC 9700, section 4.14).

A family is every refresh token that came from one sign-in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from keepwell.identity.model import Principal, secret_hash
from keepwell.identity.refresh_tokens import store
from keepwell.identity.store import present_credential
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, enter_workspace
from keepwell.platform.errors import NotAuthenticated
from keepwell.platform.idempotency.service import IdempotentRequest, Remembered
from keepwell.platform.runtime import Runtime

LIFETIME = timedelta(days=60)
LONGEST_FAMILY = timedelta(days=180)
REFRESH_PREFIX = "kwr_"
# Two uses within this time are more often a client's double click than a thief: the second one is refused, but the
# family is not ended.
_DOUBLE_CLICK = timedelta(seconds=10)
_ENDED_HINT = "Sign in again, or use another API token."


class InvalidGrant(NotAuthenticated):
    """This refresh token is not valid, or no longer valid."""

    code = "invalid-grant"


class Renewal(msgspec.Struct, frozen=True):
    """The principal to issue an access token for, and the refresh token for the next time."""

    principal: Principal
    refresh_token: str


class IssuedPair(msgspec.Struct, frozen=True):
    """An access token with the refresh token for the next time; `is_repeated` if an earlier request got them too."""

    access_token: str
    refresh_token: str
    is_repeated: bool = False


async def begin_family(connection: Connection, principal: Principal, *, runtime: Runtime) -> Renewal:
    """The first refresh token for a session or an API token, with its rights as they are in the database now.

    The caller has refused access tokens. Raises NotAuthenticated if the member has been removed, or the session or API
    token has ended meanwhile. Also deletes expired tokens.
    """
    family_id, now = runtime.ids.new(), runtime.clock.now()
    await _require_live_session(connection, principal, now=now)
    await store.SWEEP_EXPIRED.run(
        connection, workspace_id=principal.workspace_id, now=now, begun_before=now - LIFETIME
    )
    await store.INSERT_FAMILY.run(
        connection,
        workspace_id=principal.workspace_id,
        id=family_id,
        member_id=principal.member_id,
        token_id=principal.token_id,
        session_id=principal.session_id,
        scopes=None if principal.scopes is None else sorted(map(str, principal.scopes)),
        now=now,
    )
    live = await principal_of_family(
        connection, principal.workspace_id, family_id=family_id, clock=runtime.clock
    )
    if live is None:
        raise NotAuthenticated(hint=_ENDED_HINT)
    return Renewal(live, await _next_token(connection, live, family_id=family_id, runtime=runtime))


async def principal_of_family(
    connection: Connection, workspace_id: UUID, *, family_id: UUID, clock: Clock
) -> Principal | None:
    """The rights of a family as they are in the database now; None if it, its member or its API token has ended.

    A family ends LONGEST_FAMILY after its sign-in, however often it is refreshed.
    """
    now = clock.now()
    row = await store.PRINCIPAL_OF_FAMILY.maybe_one(
        connection, workspace_id=workspace_id, family_id=family_id, now=now, begun_after=now - LONGEST_FAMILY
    )
    return None if row is None else row.principal()


async def end_families_of_session(
    connection: Connection, workspace_id: UUID, *, session_id: UUID, clock: Clock
) -> None:
    """End every family that the session began."""
    await store.REVOKE_FAMILIES_OF_SESSION.run(
        connection, workspace_id=workspace_id, session_id=session_id, now=clock.now()
    )


async def end_families_of_sessions(connection: Connection, principal: Principal, *, clock: Clock) -> None:
    """End every family that a session of the member began; those that API tokens began continue."""
    await store.REVOKE_FAMILIES_OF_SESSIONS.run(
        connection, workspace_id=principal.workspace_id, member_id=principal.member_id, now=clock.now()
    )


async def revoke(connection: Connection, token: str, *, clock: Clock) -> None:
    """End the family of a refresh token, spent or not; does nothing for an unknown one (RFC 7009)."""
    await present_credential(connection, secret_hash(token))
    presented = await store.LOCK_REFRESH_TOKEN.maybe_one(connection)
    if presented is not None:
        await enter_workspace(connection, presented.workspace_id)
        await end_family(connection, presented.workspace_id, family_id=presented.family_id, clock=clock)


async def end_family(connection: Connection, workspace_id: UUID, *, family_id: UUID, clock: Clock) -> None:
    """End a family and the access tokens that were issued for it."""
    await store.REVOKE_FAMILY.run(connection, workspace_id=workspace_id, family_id=family_id, now=clock.now())


async def refresh(
    connection: Connection,
    token: str,
    *,
    key: str | None,
    issue: Callable[[Principal], str],
    runtime: Runtime,
) -> IssuedPair | None:
    """Exchange `token` for the next one and an access token from `issue`; None if it is unknown, expired or was used.

    A request that is sent again with its Idempotency-Key gets the first pair, because its reply may have been lost.
    Raises IdempotencyKeyReused. It returns None instead of raising, so that the transaction that ends the family of a
    reused token is committed.
    """
    now = runtime.clock.now()
    await present_credential(connection, secret_hash(token))
    # The lock on the row makes two uses take turns, across all processes.
    presented = await store.LOCK_REFRESH_TOKEN.maybe_one(connection)
    if presented is None or presented.expires_at <= now:
        return None
    await enter_workspace(connection, presented.workspace_id)
    principal = await principal_of_family(
        connection, presented.workspace_id, family_id=presented.family_id, clock=runtime.clock
    )
    if principal is None:
        return None
    request = None if key is None else _request(principal, token, key=key, runtime=runtime)
    if presented.used_at is not None:
        kept = None if request is None else await request.recall(connection)
        if kept is None and now - presented.used_at > _DOUBLE_CLICK:
            await store.REVOKE_FAMILY.run(
                connection, workspace_id=presented.workspace_id, family_id=presented.family_id, now=now
            )
        return None if kept is None else _pair(kept)

    async def spend() -> bytes:
        await store.SPEND_REFRESH_TOKEN.run(
            connection, workspace_id=presented.workspace_id, id=presented.id, now=now
        )
        following = await _next_token(connection, principal, family_id=presented.family_id, runtime=runtime)
        return msgspec.json.encode(IssuedPair(issue(principal), following))

    return _pair(Remembered(await spend()) if request is None else await request.remember(connection, spend))


def _pair(remembered: Remembered) -> IssuedPair:
    pair = msgspec.json.decode(remembered.value, type=IssuedPair)
    return msgspec.structs.replace(pair, is_repeated=remembered.is_repeated)


async def _require_live_session(connection: Connection, principal: Principal, *, now: datetime) -> None:
    if principal.session_id is None:
        return
    session = await store.LOCKED_SESSION.maybe_one(
        connection, workspace_id=principal.workspace_id, session_id=principal.session_id, now=now
    )
    if session is None:
        raise NotAuthenticated(hint=_ENDED_HINT)


def _request(principal: Principal, token: str, *, key: str, runtime: Runtime) -> IdempotentRequest:
    return IdempotentRequest(
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        key=key,
        request_hash=hashlib.sha256(f"refresh {token}".encode()).digest(),
        clock=runtime.clock,
    )


async def _next_token(
    connection: Connection, principal: Principal, *, family_id: UUID, runtime: Runtime
) -> str:
    token = REFRESH_PREFIX + runtime.secret()
    await store.INSERT_REFRESH_TOKEN.run(
        connection,
        workspace_id=principal.workspace_id,
        id=runtime.ids.new(),
        family_id=family_id,
        secret_hash=secret_hash(token),
        expires_at=runtime.clock.now() + LIFETIME,
    )
    return token

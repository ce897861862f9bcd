"""Refresh tokens: each is good once and gives the next, so that a stolen one is noticed (RFC 9700, 4.14)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec

from keepwell.identity import store
from keepwell.identity.model import Principal, require_lasting_credential, secret_hash
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, enter_workspace, present_credential
from keepwell.platform.errors import NotAuthenticated
from keepwell.platform.idempotency.service import Answer, IdempotentRequest
from keepwell.platform.runtime import Runtime

LIFETIME = timedelta(days=60)
REFRESH_PREFIX = "kwr_"
# Two tries at once are more often a client's double click than a thief. The second gets nothing; but its
# family lives on, with the one token that the first was given.
_AT_ONCE = timedelta(seconds=10)


class Refreshed(msgspec.Struct, frozen=True):
    """Who goes on, and the refresh token for the next time."""

    principal: Principal
    refresh_token: str


async def begin_family(connection: Connection, principal: Principal, *, runtime: Runtime) -> Refreshed:
    """The first refresh token for a session or an API token, with its rights as they are in the database now.

    Raises AccessTokenNotAccepted for an access token, NotAuthenticated for a member who has been removed or an API
    token that has ended meanwhile. Sweeps what is long over.
    """
    require_lasting_credential(principal)
    family_id, now = runtime.ids.new(), runtime.clock.now()
    await store.SWEEP_REFRESH_TOKENS.run(
        connection, workspace_id=principal.workspace_id, now=now, begun_before=now - LIFETIME
    )
    await store.INSERT_FAMILY.run(
        connection,
        workspace_id=principal.workspace_id,
        id=family_id,
        member_id=principal.member_id,
        token_id=principal.token_id,
        scopes=None if principal.scopes is None else sorted(map(str, principal.scopes)),
        now=now,
    )
    live = await principal_of_family(
        connection, principal.workspace_id, family_id=family_id, clock=runtime.clock
    )
    if live is None:
        raise NotAuthenticated(hint="Sign in again, or use another API token.")
    return Refreshed(live, await _next_token(connection, live, family_id=family_id, runtime=runtime))


async def principal_of_family(
    connection: Connection, workspace_id: UUID, *, family_id: UUID, clock: Clock
) -> Principal | None:
    """The rights of a family as they are in the database now; None if it, its member or its API token has ended."""
    row = await store.PRINCIPAL_OF_FAMILY.maybe_one(
        connection, workspace_id=workspace_id, family_id=family_id, now=clock.now()
    )
    return None if row is None else row.principal()


async def refresh(
    connection: Connection,
    token: str,
    *,
    key: str | None,
    answer: Callable[[Refreshed], Answer],
    runtime: Runtime,
) -> Answer | None:
    """Spend `token` for the next one; None where it is unknown, over, or was spent before.

    A request that is sent again with its Idempotency-Key gets the first one's answer, for its reply may have
    been lost. Raises IdempotencyKeyReused. It returns None rather than raises: that a spent token ends its
    family must be committed.
    """
    now = runtime.clock.now()
    await present_credential(connection, secret_hash(token))
    # The row's lock makes two tries take turns, over all processes.
    held = await store.LOCK_REFRESH_TOKEN.maybe_one(connection)
    if held is None or held.expires_at <= now:
        return None
    await enter_workspace(connection, held.workspace_id)
    principal = await principal_of_family(
        connection, held.workspace_id, family_id=held.family_id, clock=runtime.clock
    )
    if principal is None:
        return None
    once = None if key is None else _once(principal, token, key=key, runtime=runtime)
    if held.used_at is not None:
        kept = None if once is None else await once.kept(connection)
        if kept is None and now - held.used_at > _AT_ONCE:
            await store.REVOKE_FAMILY.run(
                connection, workspace_id=held.workspace_id, family_id=held.family_id, now=now
            )
        return kept

    async def spend() -> Answer:
        await store.SPEND_REFRESH_TOKEN.run(connection, workspace_id=held.workspace_id, id=held.id, now=now)
        following = await _next_token(connection, principal, family_id=held.family_id, runtime=runtime)
        return answer(Refreshed(principal, following))

    return await spend() if once is None else await once.run(connection, spend)


def _once(principal: Principal, token: str, *, key: str, runtime: Runtime) -> IdempotentRequest:
    return IdempotentRequest(
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        key=key,
        request_hash=hashlib.sha256(f"refresh {token}".encode()).digest(),
        clock=runtime.clock,
    )


async def _next_token(
    connection: Connection, principal: Principal, *, family_id: object, runtime: Runtime
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

"""API tokens: created, shown once, listed, used and revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from keepwell.identity.api_tokens import store
from keepwell.identity.api_tokens.model import TOKEN_PREFIX, NewToken, TokenItem, TokenWithSecret
from keepwell.identity.audit import service as audit
from keepwell.identity.model import (
    Actor,
    Principal,
    require_fresh_sign_in,
    require_lasting_credential,
    secret_hash,
)
from keepwell.identity.store import present_credential
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable, enter_workspace
from keepwell.platform.errors import DataValidationError, NotAuthenticated, NotFound, PolicyViolation
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.runtime import Runtime
from keepwell.platform.values.periods import require_instant

# A script that calls every second must not cause a write every second.
_USE_NOTED_EVERY = timedelta(minutes=1)


def require_may_create(principal: Principal, *, now: datetime) -> None:
    """Raise AccessTokenNotAccepted or FreshSignInRequired if the credential is too weak for one that outlives it."""
    require_lasting_credential(principal)
    if principal.session_id is not None:
        require_fresh_sign_in(principal, now=now)


async def create_token(
    connection: Connection, actor: Actor, new: NewToken, *, runtime: Runtime
) -> TokenWithSecret:
    """A new token of the actor's own; only its hash is stored.

    A token that a token creates expires no later than that one, and is revoked with it. Over HTTP after
    `require_may_create`. Raises PolicyViolation for a scope that the actor does not have or a later end, DataValidationError for an
    end in the past.
    """
    principal, now = actor.principal, runtime.clock.now()
    require_instant("expires_at", new.expires_at)
    scopes = _scopes(principal, new)
    expires_at = await _end(connection, principal, new)
    if new.expires_at is not None and new.expires_at <= now:
        raise DataValidationError(
            f"expires_at: {new.expires_at} is past.", hint="Leave it out, or choose a later time."
        )
    token, token_id = TOKEN_PREFIX + runtime.secret(), runtime.ids.new()
    await store.INSERT_TOKEN.run(
        connection,
        workspace_id=principal.workspace_id,
        id=token_id,
        member_id=principal.member_id,
        parent_id=principal.token_id,
        name=new.name,
        secret_hash=secret_hash(token),
        scopes=scopes,
        expires_at=expires_at,
        now=now,
    )
    created = await store.TOKEN.one(connection, workspace_id=principal.workspace_id, token_id=token_id)
    await audit.record(
        connection,
        actor,
        action="token.created",
        subject=f"token:{token_id}",
        after=created,
        clock=runtime.clock,
    )
    return TokenWithSecret(**msgspec.structs.asdict(created), token=token)


async def list_tokens(
    reader: Readable, *, workspace_id: UUID, limit: int, after: PageEnd | None = None
) -> RowPage[TokenItem]:
    """A page of tokens, including revoked ones, newest first."""
    return await store.PAGES.page(reader, "-created_at", limit=limit, after=after, workspace_id=workspace_id)


async def principal_of_token(connection: Connection, token: str, *, clock: Clock) -> Principal | None:
    """The principal that the API token belongs to, or None; its last use is noted at most once a minute."""
    now = clock.now()
    await present_credential(connection, secret_hash(token))
    row = await store.PRINCIPAL_OF_TOKEN.maybe_one(connection, now=now)
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > _USE_NOTED_EVERY:
        await enter_workspace(connection, row.workspace_id)
        await store.TOKEN_USED.run(connection, workspace_id=row.workspace_id, token_id=row.token_id, now=now)
    return row.principal()


async def revoke_token(connection: Connection, actor: Actor, token_id: UUID, *, runtime: Runtime) -> None:
    """Revoke the token and every token that it created; revoking twice is no error. Raises NotFound."""
    named = {"workspace_id": actor.principal.workspace_id, "token_id": token_id}
    before = await store.LOCKED_TOKEN.maybe_one(connection, **named)
    if before is None:
        raise NotFound(f"There is no token {token_id} here.", hint="GET /v1/tokens lists them.")
    if before.revoked_at is None:
        now = runtime.clock.now()
        await store.REVOKE_TOKEN.run(connection, **named, now=now)
        await audit.record(
            connection,
            actor,
            action="token.revoked",
            subject=f"token:{token_id}",
            before=before,
            after=msgspec.structs.replace(before, revoked_at=now),
            clock=runtime.clock,
        )
    for child in await store.CHILD_TOKENS.all(connection, **named):
        await revoke_token(connection, actor, child.id, runtime=runtime)


async def token_called(connection: Connection, workspace_id: UUID, *, name: str) -> TokenItem:
    """The newest token of that name that is not revoked; raises NotFound if there is none."""
    found = await store.TOKEN_BY_NAME.maybe_one(connection, workspace_id=workspace_id, name=name)
    if found is None:
        raise NotFound(f"There is no token called {name!r}.", hint="`./keepwell token list` names them.")
    return found


def _scopes(principal: Principal, new: NewToken) -> Sequence[str] | None:
    # None means everything that the member may do, which a token with fewer scopes must not pass on.
    requested = principal.scopes if new.scopes is None else frozenset(new.scopes)
    if requested is None:
        return None
    missing = requested - principal.permissions
    if missing:
        lacking = ", ".join(sorted(missing))
        raise PolicyViolation(
            f"scopes: you may not do this yourself: {lacking}.", hint="Ask for fewer scopes."
        )
    return sorted(map(str, requested))


async def _end(connection: Connection, principal: Principal, new: NewToken) -> datetime | None:
    if principal.token_id is None:
        return new.expires_at
    parent = await store.LIVE_PARENT_TOKEN.maybe_one(
        connection, workspace_id=principal.workspace_id, token_id=principal.token_id
    )
    if parent is None:
        raise NotAuthenticated("This API token has been revoked.", hint="Use another one, or sign in.")
    if parent.expires_at is None or new.expires_at is None:
        return new.expires_at or parent.expires_at
    if new.expires_at > parent.expires_at:
        raise PolicyViolation(
            f"expires_at: the token that you use expires before that, {parent.expires_at}.",
            hint="Ask for an earlier end, or leave it out to get the same.",
        )
    return new.expires_at

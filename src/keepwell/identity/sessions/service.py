"""Sign-in links, and the sessions of browsers."""

from __future__ import annotations

import hashlib

from keepwell.identity.model import Principal, secret_hash
from keepwell.identity.refresh_tokens import service as refresh_tokens
from keepwell.identity.sessions import store
from keepwell.identity.sessions.model import (
    SESSION_LIFETIME,
    SIGN_IN_LINK_LIFETIME,
    SessionView,
    SignInLinkSpentError,
    require_usable,
)
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, enter_workspace, present_credential
from keepwell.platform.errors import NotAuthenticated
from keepwell.platform.idempotency.service import Answer, IdempotentRequest
from keepwell.platform.runtime import Runtime


async def create_sign_in_link(connection: Connection, principal: Principal, *, runtime: Runtime) -> str:
    """A new secret for `/sign-in?token=`, which works once within 30 minutes; deletes expired links and sessions."""
    now = runtime.clock.now()
    await store.DELETE_EXPIRED.run(connection, workspace_id=principal.workspace_id, now=now)
    secret = runtime.secret()
    await store.INSERT_SIGN_IN_LINK.run(
        connection,
        workspace_id=principal.workspace_id,
        id=runtime.ids.new(),
        member_id=principal.member_id,
        secret_hash=secret_hash(secret),
        expires_at=now + SIGN_IN_LINK_LIFETIME,
    )
    return secret


async def sign_in(connection: Connection, link_secret: str, *, runtime: Runtime) -> str:
    """Use a sign-in link and return the secret of a new session; raises SignInLinkSpentError."""
    now = runtime.clock.now()
    await present_credential(connection, secret_hash(link_secret))
    link = await store.LOCK_SIGN_IN_LINK.maybe_one(connection)
    if link is None:
        raise SignInLinkSpentError(hint="Run `./keepwell sign-in` for a new link.")
    require_usable(link, now=now)
    await enter_workspace(connection, link.workspace_id)
    await store.SPEND_SIGN_IN_LINK.run(connection, workspace_id=link.workspace_id, id=link.id, now=now)
    return await begin_session(connection, Principal(link.workspace_id, link.member_id), runtime=runtime)


async def begin_session(connection: Connection, principal: Principal, *, runtime: Runtime) -> str:
    """The secret of a new session, for a member who has just proved who they are.

    Raises NotAuthenticated if the member has been removed meanwhile.
    """
    secret, now = runtime.secret(), runtime.clock.now()
    begun = await store.INSERT_SESSION.run(
        connection,
        workspace_id=principal.workspace_id,
        id=runtime.ids.new(),
        member_id=principal.member_id,
        secret_hash=secret_hash(secret),
        now=now,
        expires_at=now + SESSION_LIFETIME,
    )
    if not begun:
        raise NotAuthenticated("This member has been removed.", hint="Ask an owner to invite you again.")
    return secret


async def begin_session_once(
    connection: Connection, principal: Principal, *, key: str | None, runtime: Runtime
) -> Answer:
    """As `begin_session`, at most once per Idempotency-Key; the body of the answer is the secret.

    The stored request hash leaves out the password, because its plain SHA-256 would be quick to guess.
    """

    async def begin() -> Answer:
        return Answer(204, {}, (await begin_session(connection, principal, runtime=runtime)).encode())

    if key is None:
        return await begin()
    request = IdempotentRequest(
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        key=key,
        request_hash=hashlib.sha256(b"sign in").digest(),
        clock=runtime.clock,
    )
    return await request.run(connection, begin)


async def end_session(connection: Connection, session_secret: str, *, clock: Clock) -> None:
    """End a session and the refresh tokens that it began; signing out twice is no error."""
    await present_credential(connection, secret_hash(session_secret))
    ended = await store.END_SESSION.maybe_one(connection)
    if ended is not None:
        await enter_workspace(connection, ended.workspace_id)
        await refresh_tokens.end_families_of_session(
            connection, ended.workspace_id, session_id=ended.id, clock=clock
        )


async def principal_of_session(
    connection: Connection, session_secret: str, *, clock: Clock
) -> Principal | None:
    """The principal that the session belongs to, or None if it is unknown or has ended."""
    await present_credential(connection, secret_hash(session_secret))
    row = await store.PRINCIPAL_OF_SESSION.maybe_one(connection, now=clock.now())
    return None if row is None else row.principal()


async def session_view(connection: Connection, principal: Principal) -> SessionView:
    """The member and the workspace of `principal`."""
    row = await store.MEMBER_IN_WORKSPACE.one(
        connection, workspace_id=principal.workspace_id, member_id=principal.member_id
    )
    return row.view(principal.permissions)

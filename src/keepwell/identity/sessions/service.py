"""Sign-in links, and the sessions of browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, Principal, require_session, secret_hash
from keepwell.identity.refresh_tokens import service as refresh_tokens
from keepwell.identity.sessions import store
from keepwell.identity.sessions.model import (
    IDLE_LIMIT,
    MOST_HELD,
    SESSION_LIFETIME,
    SIGN_IN_LINK_LIFETIME,
    BegunSession,
    OwnSessions,
    SessionByLink,
    SessionView,
    SignIn,
    SignInLinkSpentError,
    require_usable,
)
from keepwell.identity.store import present_credential
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, enter_workspace
from keepwell.platform.errors import NotAuthenticated, NotFound
from keepwell.platform.idempotency.service import IdempotentRequest, Remembered
from keepwell.platform.runtime import Runtime

# Not with each request, which would then write.
_USE_NOTED_EVERY = timedelta(minutes=10)


async def create_sign_in_link(connection: Connection, principal: Principal, *, runtime: Runtime) -> str:
    """A new secret for `/sign-in?token=`, which works once within 30 minutes; deletes expired links and sessions."""
    now = runtime.clock.now()
    await store.DELETE_EXPIRED.run(
        connection, workspace_id=principal.workspace_id, now=now, idle_since=now - IDLE_LIMIT
    )
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


async def use_link(
    connection: Connection, link_secret: str, *, sign_in: SignIn, runtime: Runtime
) -> SessionByLink:
    """Use a sign-in link and begin a session; raises SignInLinkSpentError."""
    now = runtime.clock.now()
    await present_credential(connection, secret_hash(link_secret))
    link = await store.LOCK_SIGN_IN_LINK.maybe_one(connection)
    if link is None:
        raise SignInLinkSpentError(hint="Run `./keepwell sign-in` for a new link.")
    require_usable(link, now=now)
    await enter_workspace(connection, link.workspace_id)
    await store.SPEND_SIGN_IN_LINK.run(connection, workspace_id=link.workspace_id, id=link.id, now=now)
    principal = Principal(link.workspace_id, link.member_id)
    secret = await begin_session(connection, principal, sign_in=sign_in, runtime=runtime)
    seen = await session_view(connection, principal)
    return SessionByLink(secret, seen.lacks_password)


async def end_links(connection: Connection, workspace_id: UUID, *, member_id: UUID, clock: Clock) -> None:
    """End a member's sign-in links that were not used, wherever they were sent."""
    await store.SPEND_LINKS_OF_MEMBER.run(
        connection, workspace_id=workspace_id, member_id=member_id, now=clock.now()
    )


async def member_of_link(connection: Connection, link_secret: str, *, clock: Clock) -> SessionView:
    """The member whom a sign-in link would sign in, without using it; raises SignInLinkSpentError."""
    await present_credential(connection, secret_hash(link_secret))
    link = await store.LOCK_SIGN_IN_LINK.maybe_one(connection)
    if link is None:
        raise SignInLinkSpentError(hint="Run `./keepwell sign-in` for a new link.")
    require_usable(link, now=clock.now())
    await enter_workspace(connection, link.workspace_id)
    return await session_view(connection, Principal(link.workspace_id, link.member_id))


async def begin_session(
    connection: Connection, principal: Principal, *, sign_in: SignIn, runtime: Runtime
) -> str:
    """The secret of a new session, for a member who has just proved who they are.

    Ends what the browser held of this workspace; its sessions of other workspaces stay (`still_held`). Recorded in the audit
    log. Raises NotAuthenticated if the member has been removed meanwhile.
    """
    await _make_room(connection, principal.workspace_id, held=sign_in.held, clock=runtime.clock)
    await enter_workspace(connection, principal.workspace_id)
    secret, session_id, now = runtime.secret(), runtime.ids.new(), runtime.clock.now()
    signs_in = {"workspace_id": principal.workspace_id, "member_id": principal.member_id, "now": now}
    if not await store.NOTE_SIGN_IN.run(connection, **signs_in):
        raise NotAuthenticated("This member has been removed.", hint="Ask an owner to invite you again.")
    await store.INSERT_SESSION.run(
        connection,
        **signs_in,
        id=session_id,
        secret_hash=secret_hash(secret),
        expires_at=now + SESSION_LIFETIME,
        begun_by=sign_in.by,
    )
    await audit.record(
        connection,
        Actor(principal, sign_in.request_id),
        action="member.signed-in",
        subject=f"session:{session_id}",
        after=BegunSession(sign_in.by),
        clock=runtime.clock,
    )
    return secret


async def _make_room(
    connection: Connection, workspace_id: UUID, *, held: Sequence[str], clock: Clock
) -> None:
    """End the held sessions of `workspace_id`, and the last one if there would be more than a browser may hold."""
    others = 0
    for secret, principal in await held_principals(connection, held, clock=clock):
        others += principal.workspace_id != workspace_id
        if principal.workspace_id == workspace_id or others == MOST_HELD:
            await end_session(connection, secret, clock=clock)


async def begin_session_once(
    connection: Connection, principal: Principal, *, key: str | None, sign_in: SignIn, runtime: Runtime
) -> Remembered:
    """As `begin_session`, at most once per Idempotency-Key; what is remembered is the secret.

    The stored request hash leaves out the password, because its plain SHA-256 would be quick to guess.
    """

    async def begin() -> bytes:
        return (await begin_session(connection, principal, sign_in=sign_in, runtime=runtime)).encode()

    if key is None:
        return Remembered(await begin())
    request = IdempotentRequest(
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        key=key,
        request_hash=hashlib.sha256(b"sign in").digest(),
        clock=runtime.clock,
    )
    return await request.remember(connection, begin)


async def end_session(connection: Connection, session_secret: str, *, clock: Clock) -> None:
    """End a session and the refresh tokens that it began; signing out twice is no error."""
    await present_credential(connection, secret_hash(session_secret))
    ended = await store.END_SESSION.maybe_one(connection)
    if ended is not None:
        await enter_workspace(connection, ended.workspace_id)
        await refresh_tokens.end_families_of_session(
            connection, ended.workspace_id, session_id=ended.id, clock=clock
        )


async def held_principals(
    connection: Connection, held: Sequence[str], *, clock: Clock
) -> list[tuple[str, Principal]]:
    """The sessions that go on among those that a browser holds, each with its principal; this is no use of them."""
    found = []
    for secret in held:
        principal = await principal_of_session(connection, secret, clock=clock, is_use=False)
        if principal is not None:
            found.append((secret, principal))
    return found


async def principal_of_session(
    connection: Connection, session_secret: str, *, clock: Clock, is_use: bool = True
) -> Principal | None:
    """The principal that the session belongs to, or None if it is unknown or has ended.

    If this `is_use`, it is noted at times, since a session that is not used ends.
    """
    now = clock.now()
    await present_credential(connection, secret_hash(session_secret))
    row = await store.PRINCIPAL_OF_SESSION.maybe_one(connection, now=now, idle_since=now - IDLE_LIMIT)
    if row is None:
        return None
    if is_use and (row.used_at is None or now - row.used_at > _USE_NOTED_EVERY):
        await enter_workspace(connection, row.workspace_id)
        await store.SESSION_USED.run(
            connection, workspace_id=row.workspace_id, session_id=row.session_id, now=now
        )
    return row.principal()


async def own_sessions(connection: Connection, principal: Principal, *, clock: Clock) -> OwnSessions:
    """The sessions of the principal's member that have not ended."""
    now = clock.now()
    found = await store.OWN_SESSIONS.all(
        connection,
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        session_id=principal.session_id,
        now=now,
        idle_since=now - IDLE_LIMIT,
    )
    return OwnSessions(found)


async def end_own_session(connection: Connection, actor: Actor, session_id: UUID, *, clock: Clock) -> None:
    """End a session of the actor's member and the refresh tokens that it began; audited.

    Raises NotFound for somebody else's session, and FreshSignInRequired unless the actor is a session itself.
    """
    principal = actor.principal
    ended = await store.END_OWN_SESSION.maybe_one(
        connection,
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        session_id=session_id,
    )
    if ended is None:
        raise NotFound(f"You have no session {session_id}.", hint="GET /v1/sessions lists them.")
    require_session(principal)
    await refresh_tokens.end_families_of_session(
        connection, principal.workspace_id, session_id=session_id, clock=clock
    )
    await audit.record(
        connection, actor, action="member.session-ended", subject=f"session:{session_id}", clock=clock
    )


async def began_with_password(connection: Connection, principal: Principal) -> bool:
    """Whether the session that `principal` is began with the password, and not by a link or a provider."""
    found = await store.BEGUN_BY.maybe_one(
        connection, workspace_id=principal.workspace_id, session_id=principal.session_id
    )
    return found is None or found.by == "password"


async def end_other_sessions(connection: Connection, principal: Principal) -> None:
    """End every session of the member except the one that `principal` is."""
    await store.END_OTHER_SESSIONS.run(
        connection,
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        session_id=principal.session_id,
    )


async def session_view(connection: Connection, principal: Principal) -> SessionView:
    """The member and the workspace of `principal`."""
    row = await store.MEMBER_IN_WORKSPACE.one(
        connection, workspace_id=principal.workspace_id, member_id=principal.member_id
    )
    return row.view(principal.permissions)

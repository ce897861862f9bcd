"""Who may enter which workspace: sign-in links, sessions and API tokens.

Functions take a connection that is already inside a transaction and never commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec

from keepwell.identity import store
from keepwell.identity.model import (
    SESSION_LIFETIME,
    SIGN_IN_LINK_LIFETIME,
    WRITE_KEY_PREFIX,
    Actor,
    MemberItem,
    Principal,
    SessionView,
    SignInLinkSpentError,
    Workspace,
    WriteKey,
    require_usable,
    secret_hash,
    slug_of,
)
from keepwell.identity.permissions import Role
from keepwell.platform.clock import Clock
from keepwell.platform.database import (
    Connection,
    Readable,
    enter_workspace,
    name_workspace,
    present_credential,
)
from keepwell.platform.errors import Conflict, NotAuthenticated, NotFound
from keepwell.platform.idempotency.service import Answer, IdempotentRequest
from keepwell.platform.runtime import Runtime

# Of a use that is noted anew: a script that asks every second must not write every second.
_NOTED_EVERY = timedelta(minutes=1)


async def find_workspace(connection: Connection, slug: str) -> Workspace | None:
    """The workspace called `slug`, which this transaction then has entered; None where there is none."""
    await name_workspace(connection, slug_of(slug))
    workspace = await store.WORKSPACE_BY_SLUG.maybe_one(connection, slug=slug)
    if workspace is not None:
        await enter_workspace(connection, workspace.id)
    return workspace


async def get_workspace(connection: Connection, slug: str) -> Workspace:
    """As `find_workspace`, but raises NotFound with what to do."""
    workspace = await find_workspace(connection, slug)
    if workspace is None:
        raise NotFound(
            f"There is no workspace called {slug!r} here.",
            hint="`./keepwell import` makes it; check --workspace and --home (or KEEPWELL_HOME).",
        )
    return workspace


async def ensure_workspace(connection: Connection, slug: str, *, runtime: Runtime) -> Workspace:
    """The workspace called `slug`, made with one member, its owner, where it does not exist yet."""
    existing = await find_workspace(connection, slug)
    if existing is not None:
        return existing
    workspace = Workspace(id=runtime.ids.new(), slug=slug, name=slug.title(), currency="USD", synthetic=False)
    now = runtime.clock.now()
    await enter_workspace(connection, workspace.id)
    await store.INSERT_WORKSPACE.run(connection, **msgspec.structs.asdict(workspace), now=now)
    await store.INSERT_MEMBER.run(
        connection,
        workspace_id=workspace.id,
        id=runtime.ids.new(),
        name="Owner",
        role=Role.OWNER,
        email=None,
        now=now,
    )
    return workspace


async def describe_workspace(connection: Connection, workspace: Workspace) -> None:
    """Store the name, currency and synthetic mark of `workspace`."""
    await store.DESCRIBE_WORKSPACE.run(
        connection,
        workspace_id=workspace.id,
        name=workspace.name,
        currency=workspace.currency,
        synthetic=workspace.synthetic,
    )


async def currency(reader: Readable) -> str:
    """The report currency of the entered workspace, an ISO 4217 code."""
    return (await store.CURRENCY.one(reader)).currency


async def owner(connection: Connection, workspace_id: UUID) -> MemberItem:
    """The member for whom the operator's CLI acts."""
    return await store.FIRST_OWNER.one(connection, workspace_id=workspace_id)


async def operator(connection: Connection, workspace_id: UUID) -> Actor:
    """Who acts where a command of the CLI changes something: its first owner."""
    member = await owner(connection, workspace_id)
    return Actor(Principal(workspace_id, member.id), request_id="command-line")


async def make_sign_in_link(connection: Connection, principal: Principal, *, runtime: Runtime) -> str:
    """A new secret for `/sign-in?token=`, good once and for 30 minutes; old ones are swept."""
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
    """Spend a sign-in link and return a new session's secret; raises SignInLinkSpentError."""
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
    """A new session's secret, for somebody who has just proved who they are.

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
    """As `begin_session`, at most once per Idempotency-Key; the answer's body is the secret.

    The password, which has been proved, is no part of what is kept: its hash would be quickly guessed.
    """

    async def begin() -> Answer:
        return Answer(204, {}, (await begin_session(connection, principal, runtime=runtime)).encode())

    if key is None:
        return await begin()
    once = IdempotentRequest(
        workspace_id=principal.workspace_id,
        member_id=principal.member_id,
        key=key,
        request_hash=hashlib.sha256(b"sign in").digest(),
        clock=runtime.clock,
    )
    return await once.run(connection, begin)


async def end_session(connection: Connection, session_secret: str) -> None:
    """Forget a session; signing out twice is no error."""
    await present_credential(connection, secret_hash(session_secret))
    await store.END_SESSION.run(connection)


async def principal_of_token(connection: Connection, token: str, *, clock: Clock) -> Principal | None:
    """Whose API token this is, or None; its last use is noted, at most once a minute."""
    now = clock.now()
    await present_credential(connection, secret_hash(token))
    row = await store.PRINCIPAL_OF_TOKEN.maybe_one(connection, now=now)
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > _NOTED_EVERY:
        await enter_workspace(connection, row.workspace_id)
        await store.TOKEN_USED.run(connection, workspace_id=row.workspace_id, token_id=row.token_id, now=now)
    return row.principal()


async def principal_of_session(
    connection: Connection, session_secret: str, *, clock: Clock
) -> Principal | None:
    """Whose running session this is, or None."""
    await present_credential(connection, secret_hash(session_secret))
    row = await store.PRINCIPAL_OF_SESSION.maybe_one(connection, now=clock.now())
    return None if row is None else row.principal()


async def session_view(connection: Connection, principal: Principal) -> SessionView:
    """The member and the workspace of `principal`."""
    row = await store.SESSION_OF_MEMBER.one(
        connection, workspace_id=principal.workspace_id, member_id=principal.member_id
    )
    return row.view(principal.permissions)


async def create_write_key(connection: Connection, workspace_id: UUID, *, name: str, runtime: Runtime) -> str:
    """A new write key, shown this once; raises Conflict where one of that name is in use."""
    if any(
        key.name == name and key.revoked_at is None for key in await list_write_keys(connection, workspace_id)
    ):
        raise Conflict(
            f"There is a write key called {name!r}.", hint="Revoke it first, or give this one another --name."
        )
    key = WRITE_KEY_PREFIX + runtime.secret()
    await store.INSERT_WRITE_KEY.run(
        connection,
        workspace_id=workspace_id,
        id=runtime.ids.new(),
        name=name,
        secret_hash=secret_hash(key),
        now=runtime.clock.now(),
    )
    return key


async def write_key_of_page(
    connection: Connection, workspace_id: UUID, *, name: str, derive: Callable[[int], str], runtime: Runtime
) -> str:
    """The key with which a page of our own sends: kept as a hash like any, so it is derived and not read.

    It is made at its first use, and anew by the next number once it was revoked.
    """
    named = [key for key in await list_write_keys(connection, workspace_id) if key.name == name]
    key = WRITE_KEY_PREFIX + derive(sum(key.revoked_at is not None for key in named))
    await store.ENSURE_WRITE_KEY.run(
        connection,
        workspace_id=workspace_id,
        id=runtime.ids.new(),
        name=name,
        secret_hash=secret_hash(key),
        now=runtime.clock.now(),
    )
    return key


async def list_write_keys(connection: Connection, workspace_id: UUID) -> list[WriteKey]:
    """Every write key of the workspace, revoked ones too, oldest first."""
    return await store.WRITE_KEYS.all(connection, workspace_id=workspace_id)


async def revoke_write_key(connection: Connection, workspace_id: UUID, *, name: str, clock: Clock) -> None:
    """Let the key take no more events; raises NotFound where none of that name is in use."""
    revoked = await store.REVOKE_WRITE_KEY.maybe_one(
        connection, workspace_id=workspace_id, name=name, now=clock.now()
    )
    if revoked is None:
        raise NotFound(
            f"There is no write key called {name!r}.", hint="`./keepwell write-key list` names them."
        )


async def workspace_of_write_key(connection: Connection, key: str) -> UUID | None:
    """The workspace into which `key` may send events; None for a key that is wrong or revoked."""
    await present_credential(connection, secret_hash(key))
    found = await store.WORKSPACE_OF_WRITE_KEY.maybe_one(connection)
    return None if found is None else found.id

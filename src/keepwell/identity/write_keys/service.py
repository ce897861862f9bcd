"""Write keys: created, shown once, listed and revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, secret_hash
from keepwell.identity.store import present_credential
from keepwell.identity.write_keys import store
from keepwell.identity.write_keys.model import WRITE_KEY_PREFIX, WriteKey, WriteKeyWithSecret
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable, enter_workspace
from keepwell.platform.errors import Conflict, NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.runtime import Runtime

# Not with each lookup, which would then write.
_USE_NOTED_EVERY = timedelta(minutes=10)


async def create_write_key(
    connection: Connection, actor: Actor, *, name: str, runtime: Runtime
) -> WriteKeyWithSecret:
    """A new write key with its secret, shown only now; audited. Raises Conflict if one of that name is in use."""
    workspace_id = actor.principal.workspace_id
    if any(
        key.name == name and key.revoked_at is None for key in await list_write_keys(connection, workspace_id)
    ):
        raise Conflict(
            f"There is a write key called {name!r}.", hint="Revoke it first, or choose another name."
        )
    key, key_id = WRITE_KEY_PREFIX + runtime.secret(), runtime.ids.new()
    await store.INSERT_WRITE_KEY.run(
        connection,
        workspace_id=workspace_id,
        id=key_id,
        name=name,
        secret_hash=secret_hash(key),
        now=runtime.clock.now(),
    )
    await _record(connection, actor, "write_key.created", key_id, clock=runtime.clock)
    created = await _write_key(connection, workspace_id, key_id=key_id)
    return WriteKeyWithSecret(**msgspec.structs.asdict(created), write_key=key)


async def ensure_derived_key(
    connection: Connection, actor: Actor, *, name: str, derive: Callable[[int], str], runtime: Runtime
) -> str:
    """The write key of one of our own pages, created and audited at its first use.

    Only a hash is stored, so the page cannot read its key back: `derive` computes it from the number of keys of that
    name that have been revoked.
    """
    workspace_id, key_id = actor.principal.workspace_id, runtime.ids.new()
    named = [key for key in await list_write_keys(connection, workspace_id) if key.name == name]
    key = WRITE_KEY_PREFIX + derive(sum(key.revoked_at is not None for key in named))
    is_new = await store.ENSURE_WRITE_KEY.run(
        connection,
        workspace_id=workspace_id,
        id=key_id,
        name=name,
        secret_hash=secret_hash(key),
        now=runtime.clock.now(),
    )
    if is_new:
        await _record(connection, actor, "write_key.created", key_id, clock=runtime.clock)
    return key


async def list_write_keys(connection: Connection, workspace_id: UUID) -> list[WriteKey]:
    """Every write key of the workspace, including revoked ones, oldest first."""
    return await store.WRITE_KEYS.all(connection, workspace_id=workspace_id)


async def write_keys_page(
    reader: Readable, *, workspace_id: UUID, limit: int, after: PageEnd | None = None
) -> RowPage[WriteKey]:
    """A page of the workspace's write keys, including revoked ones, newest first."""
    return await store.PAGES.page(reader, "-created_at", limit=limit, after=after, workspace_id=workspace_id)


async def revoke_write_key_by_id(connection: Connection, actor: Actor, key_id: UUID, *, clock: Clock) -> None:
    """Revoke one key; audited, and nothing happens if it was revoked before. Raises NotFound."""
    workspace_id = actor.principal.workspace_id
    await _write_key(connection, workspace_id, key_id=key_id)
    revoked = await store.REVOKE_WRITE_KEY_BY_ID.run(
        connection, workspace_id=workspace_id, id=key_id, now=clock.now()
    )
    if revoked:
        await _record(connection, actor, "write_key.revoked", key_id, clock=clock)


async def _write_key(connection: Connection, workspace_id: UUID, *, key_id: UUID) -> WriteKey:
    found = await store.WRITE_KEY.maybe_one(connection, workspace_id=workspace_id, id=key_id)
    if found is None:
        raise NotFound(f"There is no write key {key_id} here.", hint="GET /v1/write-keys lists them.")
    return found


async def revoke_write_key(connection: Connection, actor: Actor, *, name: str, clock: Clock) -> None:
    """Revoke the key in use of that name; audited. Raises NotFound if there is none."""
    revoked = await store.REVOKE_WRITE_KEY.maybe_one(
        connection, workspace_id=actor.principal.workspace_id, name=name, now=clock.now()
    )
    if revoked is None:
        raise NotFound(
            f"There is no write key called {name!r}.", hint="`./keepwell write-key list` names them."
        )
    await _record(connection, actor, "write_key.revoked", revoked.id, clock=clock)


async def _record(connection: Connection, actor: Actor, action: str, key_id: UUID, *, clock: Clock) -> None:
    await audit.record(connection, actor, action=action, subject=f"write_key:{key_id}", clock=clock)


async def workspace_of_write_key(connection: Connection, key: str, *, clock: Clock) -> UUID | None:
    """The workspace into which `key` may send events; None if it is wrong or revoked. Its use is noted at times."""
    await present_credential(connection, secret_hash(key))
    found = await store.PRESENTED_KEY.maybe_one(connection)
    if found is None:
        return None
    now = clock.now()
    if found.last_used_at is None or now - found.last_used_at > _USE_NOTED_EVERY:
        await enter_workspace(connection, found.workspace_id)
        await store.KEY_USED.run(connection, workspace_id=found.workspace_id, id=found.id, now=now)
    return found.workspace_id

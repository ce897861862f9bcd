"""A workspace's settings: read and change."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.identity.workspace_settings import store
from keepwell.identity.workspace_settings.model import (
    WorkspaceChange,
    WorkspaceSettings,
    changed,
    require_may_change_holdout,
)
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.values.versions import require_version


async def workspace_settings(reader: Readable, workspace_id: UUID) -> WorkspaceSettings:
    """The settings of the workspace that the transaction has entered."""
    return (await store.SETTINGS.one(reader, workspace_id=workspace_id)).settings()


async def update_settings(
    connection: Connection, actor: Actor, change: WorkspaceChange, *, version: int | None, clock: Clock
) -> WorkspaceSettings:
    """Change the given settings and return all of them.

    Raises DataValidationError for a wrong value, PreconditionFailed for another version than `version`, and
    PolicyViolation if somebody other than an owner changes a holdout share.
    """
    workspace_id = actor.principal.workspace_id
    before = (await store.LOCKED_SETTINGS.one(connection, workspace_id=workspace_id)).settings()
    require_version(before.version, version)
    after = changed(before, change)
    require_may_change_holdout(actor, before, after)
    shares = msgspec.json.encode(after.holdout_shares).decode()
    await store.UPDATE.run(
        connection,
        workspace_id=workspace_id,
        **msgspec.structs.asdict(after) | {"holdout_shares": shares},
    )
    await audit.record(
        connection,
        actor,
        action="workspace.updated",
        subject=f"workspace:{workspace_id}",
        before=before,
        after=after,
        clock=clock,
    )
    return after

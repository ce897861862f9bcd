"""A member's preferences: read, change, and what counts with the workspace's settings."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import asdict, replace

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, Principal
from keepwell.identity.preferences import store
from keepwell.identity.preferences.model import (
    EffectivePreferences,
    Preferences,
    PreferencesChange,
    changed,
)
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.values.localization import is_time_zone
from keepwell.platform.values.versions import require_version


async def preferences(reader: Readable, principal: Principal) -> Preferences:
    """The preferences of the principal's member; all None before the first change."""
    found = await store.PREFERENCES.maybe_one(
        reader, workspace_id=principal.workspace_id, member_id=principal.member_id
    )
    return found or Preferences()


async def effective(reader: Readable, *, workspace_id: UUID, member_id: UUID) -> EffectivePreferences:
    """What counts for a member: their own preferences, else the workspace's settings.

    UTC for a time zone that this machine does not know, whose database of them may be older: one member's must not stop work
    for the others.
    """
    found = await store.EFFECTIVE.one(reader, workspace_id=workspace_id, member_id=member_id)
    return found if is_time_zone(found.time_zone) else replace(found, time_zone="UTC")


async def update_preferences(
    connection: Connection, actor: Actor, change: PreferencesChange, *, version: int | None, clock: Clock
) -> Preferences:
    """Change the given preferences of the actor's member and return all of them.

    Raises DataValidationError for a wrong value, PreconditionFailed for another version than `version`.
    """
    scope = {"workspace_id": actor.principal.workspace_id, "member_id": actor.principal.member_id}
    # The member's row, since there may be no preferences yet.
    await store.LOCKED_MEMBER.run(connection, **scope)
    before = await preferences(connection, actor.principal)
    require_version(before.version, version)
    after = changed(before, change)
    await store.SAVE.run(connection, **scope, **asdict(after))
    await audit.record(
        connection,
        actor,
        action="preferences.updated",
        subject=f"member:{actor.principal.member_id}",
        before=before,
        after=after,
        clock=clock,
    )
    return after

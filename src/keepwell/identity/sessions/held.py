"""The sessions of one browser, each of another workspace: listed, chosen and ended.

Nothing else says which workspaces a person may open. An equal e-mail in two of them proves nothing, since the owners of each
set those of its members.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from keepwell.identity.sessions import service
from keepwell.identity.sessions.model import HeldSession, HeldSessions, SessionView
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, enter_workspace
from keepwell.platform.errors import NotFound


async def still_held(
    connection: Connection, held: Sequence[str], *, beside: str, clock: Clock
) -> Sequence[str]:
    """The secrets for a browser's cookie: `beside`, which it now uses, and the sessions of other workspaces that go on."""
    others = [secret for secret in held if secret != beside]
    return [beside, *(secret for secret, _ in await service.held_principals(connection, others, clock=clock))]


async def held_sessions(connection: Connection, held: Sequence[str], *, clock: Clock) -> HeldSessions:
    """The workspaces of the sessions that a browser holds, the first of which is in use."""
    items = []
    for secret, principal in await service.held_principals(connection, held, clock=clock):
        await enter_workspace(connection, principal.workspace_id)
        view = await service.session_view(connection, principal)
        items.append(HeldSession(workspace=view.workspace, member=view.member, is_current=secret == held[0]))
    return HeldSessions(sorted(items, key=lambda each: (each.workspace.name, each.workspace.id)))


async def choose_session(
    connection: Connection, held: Sequence[str], *, workspace_id: UUID, clock: Clock
) -> tuple[Sequence[str], SessionView]:
    """The secrets with that of `workspace_id` first, and whom it signs in; raises NotFound if the browser holds none."""
    for secret, principal in await service.held_principals(connection, held, clock=clock):
        if principal.workspace_id == workspace_id:
            await enter_workspace(connection, workspace_id)
            view = await service.session_view(connection, principal)
            return [secret, *(each for each in held if each != secret)], view
    raise _not_signed_in()


async def leave_workspace(
    connection: Connection, held: Sequence[str], *, workspace_id: UUID, clock: Clock
) -> Sequence[str]:
    """End the session of `workspace_id`; the secrets that go on, the one in use first. Raises NotFound if there is none."""
    found = await service.held_principals(connection, held, clock=clock)
    ended = [secret for secret, principal in found if principal.workspace_id == workspace_id]
    if not ended:
        raise _not_signed_in()
    for secret in ended:
        await service.end_session(connection, secret, clock=clock)
    return [secret for secret, _ in found if secret not in ended]


async def end_held_sessions(connection: Connection, held: Sequence[str], *, clock: Clock) -> None:
    """End every session that a browser holds; signing out twice is no error."""
    for secret in held:
        await service.end_session(connection, secret, clock=clock)


def _not_signed_in() -> NotFound:
    return NotFound(
        "This browser is not signed in to this workspace.",
        hint="Sign in to it: then GET /v1/session/workspaces lists it.",
    )

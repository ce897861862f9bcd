"""Workspaces, and the member that the command line acts for.

Functions take a connection that is already inside a transaction and never commit.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity import store
from keepwell.identity.emails import canonical_email
from keepwell.identity.model import COMMAND_LINE, Actor, Member, Principal, Workspace, slug_of
from keepwell.identity.store import name_workspace
from keepwell.platform.database import Connection, Readable, enter_workspace
from keepwell.platform.errors import NotFound
from keepwell.platform.runtime import Runtime


async def find_workspace(connection: Connection, slug: str) -> Workspace | None:
    """Enter the workspace called `slug` for the rest of the transaction; None if there is none."""
    await name_workspace(connection, slug_of(slug))
    workspace = await store.WORKSPACE_BY_SLUG.maybe_one(connection, slug=slug)
    if workspace is not None:
        await enter_workspace(connection, workspace.id)
    return workspace


async def get_workspace(connection: Connection, slug: str) -> Workspace:
    """As `find_workspace`, but raises NotFound with a hint."""
    workspace = await find_workspace(connection, slug)
    if workspace is None:
        raise NotFound(
            f"There is no workspace called {slug!r} here.",
            hint="`./keepwell import` creates it; check --workspace and --home (or KEEPWELL_HOME).",
        )
    return workspace


async def ensure_workspace(connection: Connection, slug: str, *, runtime: Runtime) -> Workspace:
    """The workspace called `slug`, created with one member, its owner, if it does not exist yet."""
    existing = await find_workspace(connection, slug)
    if existing is not None:
        return existing
    workspace = Workspace(id=runtime.ids.new(), slug=slug, name=slug.title(), currency="USD", synthetic=False)
    now = runtime.clock.now()
    await enter_workspace(connection, workspace.id)
    if not await store.INSERT_WORKSPACE.run(connection, **msgspec.structs.asdict(workspace), now=now):
        # Another transaction has created it since.
        return await get_workspace(connection, slug)
    await store.INSERT_FIRST_OWNER.run(connection, workspace_id=workspace.id, id=runtime.ids.new(), now=now)
    return workspace


async def describe_workspace(connection: Connection, workspace: Workspace) -> None:
    """Store the name, currency and synthetic flag of `workspace`."""
    await store.DESCRIBE_WORKSPACE.run(
        connection,
        workspace_id=workspace.id,
        name=workspace.name,
        currency=workspace.currency,
        synthetic=workspace.synthetic,
    )


async def current_workspace(reader: Readable) -> Workspace:
    """The entered workspace."""
    return await store.CURRENT_WORKSPACE.one(reader)


async def currency(reader: Readable) -> str:
    """The report currency of the entered workspace, an ISO 4217 code."""
    return (await store.CURRENCY.one(reader)).currency


async def owner(connection: Connection, workspace_id: UUID) -> Member:
    """The first owner, whom the command line acts for."""
    return await store.FIRST_OWNER.one(connection, workspace_id=workspace_id)


async def member_with_email(connection: Connection, workspace_id: UUID, *, email: str) -> Member:
    """The member with this e-mail; raises NotFound."""
    found = await store.MEMBER_BY_EMAIL.maybe_one(
        connection, workspace_id=workspace_id, email=canonical_email(email)
    )
    if found is None:
        raise NotFound(f"No member has the e-mail {email!r}.", hint="./keepwell member list")
    return found


async def operator(connection: Connection, workspace_id: UUID) -> Actor:
    """The actor of a change made from the command line: the first owner."""
    member = await owner(connection, workspace_id)
    return Actor(Principal(workspace_id, member.id), request_id=COMMAND_LINE)

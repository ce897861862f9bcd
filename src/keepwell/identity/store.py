"""All SQL of workspaces, and what shows a transaction the one row that somebody proves to know."""

from __future__ import annotations

import msgspec

from keepwell.identity.model import Member, Workspace
from keepwell.platform.database import Connection
from keepwell.platform.statements import Command, Query


class CurrencyRow(msgspec.Struct, frozen=True):
    """A workspace's report currency."""

    currency: str


WORKSPACE_BY_SLUG = Query(
    "select id, slug, name, currency, synthetic from workspaces where slug = %(slug)s", Workspace
)

CURRENT_WORKSPACE = Query(
    "select id, slug, name, currency, synthetic from workspaces where id = app_workspace()", Workspace
)

CURRENCY = Query("select currency from workspaces where id = app_workspace()", CurrencyRow)

INSERT_WORKSPACE = Command(
    """
    insert into workspaces (id, slug, name, currency, synthetic, created_at)
    values (%(id)s, %(slug)s, %(name)s, %(currency)s, %(synthetic)s, %(now)s)
    on conflict (slug) do nothing
    """
)

INSERT_FIRST_OWNER = Command(
    """
    insert into members (workspace_id, id, name, role, created_at)
    values (%(workspace_id)s, %(id)s, 'Owner', 'owner', %(now)s)
    """
)

DESCRIBE_WORKSPACE = Command(
    """
    update workspaces set name = %(name)s, currency = %(currency)s, synthetic = %(synthetic)s
    where id = %(workspace_id)s
    """
)

FIRST_OWNER = Query(
    """
    select id, name, role, email from members
    where workspace_id = %(workspace_id)s and removed_at is null and role = 'owner' order by id limit 1
    """,
    Member,
)

MEMBER_BY_EMAIL = Query(
    """
    select id, name, role, email from members
    where workspace_id = %(workspace_id)s and removed_at is null and email = %(email)s
    """,
    Member,
)

_PRESENT_CREDENTIAL = Command("select set_config('app.credential', %(credential)s, true)")
_NAME_EMAIL = Command("select set_config('app.email', %(email)s, true)")
_NAME_WORKSPACE = Command("select set_config('app.workspace_slug', %(slug)s, true)")


async def present_credential(connection: Connection, credential: str) -> None:
    """Let this transaction see the one row whose secret has the hash `credential`."""
    await _PRESENT_CREDENTIAL.run(connection, credential=credential)


async def name_workspace(connection: Connection, slug: str) -> None:
    """Let this transaction see the workspace called `slug`; only the operator's CLI does this."""
    await _NAME_WORKSPACE.run(connection, slug=slug)


async def name_email(connection: Connection, email: str) -> None:
    """Let this transaction see the one member with this e-mail, for signing in."""
    await _NAME_EMAIL.run(connection, email=email)

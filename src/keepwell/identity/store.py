"""All SQL of workspaces."""

from __future__ import annotations

import msgspec

from keepwell.identity.model import Member, Workspace
from keepwell.platform.database import Command, Query


class CurrencyRow(msgspec.Struct, frozen=True):
    """A workspace's report currency."""

    currency: str


WORKSPACE_BY_SLUG = Query(
    "select id, slug, name, currency, synthetic from workspaces where slug = %(slug)s", Workspace
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

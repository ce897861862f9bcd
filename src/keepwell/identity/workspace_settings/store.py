"""All SQL of a workspace's settings."""

from __future__ import annotations

from typing import Any, LiteralString

import msgspec

from keepwell.identity.workspace_settings.model import (
    HoldoutShares,
    PolicyName,
    WebsiteCrawls,
    WorkspaceSettings,
)
from keepwell.platform.statements import Command, Query


class SettingsRow(msgspec.Struct, frozen=True):
    """A workspace as the database stores it."""

    slug: str
    name: str
    currency: str
    synthetic: bool
    time_zone: str
    locale: str
    postal_address: str | None
    sender_name: str | None
    sender_email: str | None
    policy: PolicyName
    holdout_shares: Any
    contact_cost: str | None
    website_crawls: WebsiteCrawls
    version: int

    def settings(self) -> WorkspaceSettings:
        """The row as rooms and clients see it."""
        fields = msgspec.structs.asdict(self)
        return WorkspaceSettings(
            **fields | {"holdout_shares": msgspec.convert(self.holdout_shares, HoldoutShares)}
        )


_SETTINGS: LiteralString = """
    select slug, name, currency, synthetic, time_zone, locale, postal_address, sender_name, sender_email, policy,
           holdout_shares, contact_cost::text as contact_cost, website_crawls, version
    from workspaces where id = %(workspace_id)s
"""

SETTINGS = Query(_SETTINGS, SettingsRow)

LOCKED_SETTINGS = Query(f"{_SETTINGS} for update", SettingsRow)

UPDATE = Command(
    """
    update workspaces set name = %(name)s, time_zone = %(time_zone)s, locale = %(locale)s,
                          postal_address = %(postal_address)s, sender_name = %(sender_name)s,
                          sender_email = %(sender_email)s, policy = %(policy)s,
                          holdout_shares = %(holdout_shares)s::jsonb, contact_cost = %(contact_cost)s::numeric,
                          website_crawls = %(website_crawls)s, version = %(version)s
    where id = %(workspace_id)s
    """
)

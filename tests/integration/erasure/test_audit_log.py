"""The contents of the audit log are removed by an erasure, and changed by nobody."""

from __future__ import annotations

import psycopg
import pytest

from tests.integration.erasure.world import World

pytestmark = pytest.mark.anyio


async def test_contents_of_the_audit_log_can_only_be_removed_with_the_homes_secret(world: World) -> None:
    await world.erase()
    with psycopg.connect(world.conninfo) as superuser:
        superuser.execute(
            "update audit_entries set before = null, after = null, redacted_hash = sha256('guess')"
            " where workspace_id = %s and action = 'account.erased'",
            (world.workspace.id,),
        )
    assert [finding for finding in (await world.verified()).findings if "account.erased" in finding]


async def test_the_app_can_remove_contents_of_the_audit_log_and_not_change_them(world: World) -> None:
    async with world.shop.database.workspace(world.workspace.id) as connection:
        for change in ("after = '{}'", "before = null", "action = 'x'"):
            with pytest.raises(psycopg.Error):
                async with connection.transaction():
                    await connection.execute(f"update audit_entries set {change}")  # noqa: S608  constants

"""An erasure takes nothing of others along."""

from __future__ import annotations

import psycopg
import pytest

from keepwell.app.erasure.files import ErasedFiles
from keepwell.platform.runtime import system_runtime
from tests.integration.erasure.person import ANY
from tests.integration.erasure.world import World
from tests.integration.records import made

pytestmark = pytest.mark.anyio

WORDS = ["role", "imported", "your", "coupon", "customer", "other", "login"]
OTHERS = """
select kind, id, text from (
  select workspace_id, 'audit' as kind, id::text, coalesce(before, '') || coalesce(after, '') as text from audit_entries
  where action <> 'account.erased' and split_part(subject, ':', 2) <> all(%(erased)s)
  union all select workspace_id, 'imports', id::text, summary::text from imports
  union all select workspace_id, 'mails', id::text, status from mails
  union all select workspace_id, 'discounts', customer_id, body::text from stripe_discounts
  union all select workspace_id, 'stripe_events', id, body::text from stripe_events
  union all select workspace_id, 'messages', id::text, body from webhook_messages
  where event not in ('account.created', 'account.erased')
) found where workspace_id = %(workspace_id)s order by 1, 2
"""


async def test_a_customer_who_is_called_as_our_fields_takes_nothing_of_others_along(world: World) -> None:
    """Anybody may choose such a name, and an admin may rename an account to empty the audit log."""
    dead_letters = world.shop.dead_letters()
    accounts = []
    for number, name in enumerate(WORDS):
        body = {"external_id": f"word-{number}", "name": name}
        accounts.append(await made(world.client, "/v1/accounts", body))
    erased = {"erased": [each["id"] for each in accounts], "workspace_id": world.workspace.id}
    with psycopg.connect(world.conninfo) as superuser:
        superuser.execute("update stripe_events set problem = 'p', body = '{\"customer\": \"cus_2\"}'")
        before = superuser.execute(OTHERS, erased).fetchall()
    for each in accounts:
        answer = await world.client.post(f"/v1/accounts/{each['id']}/erasure", headers=ANY)
        assert answer.status_code == 200
    files = ErasedFiles(world.shop.settings, system_runtime())
    await files.erase_due(world.shop.database, world.workspace.id)
    with psycopg.connect(world.conninfo) as superuser:
        assert superuser.execute(OTHERS, erased).fetchall() == before
    assert {kind for kind, _, _ in before} == {
        "audit",
        "imports",
        "mails",
        "discounts",
        "stripe_events",
        "messages",
    }
    assert world.shop.dead_letters() == dead_letters

"""The secrets that sign deliveries: rotated, shown once, stored encrypted."""

from __future__ import annotations

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from keepwell.platform.work.worker import Worker
from tests.integration.receiver import Receiver
from tests.integration.records import Client, account
from tests.integration.webhooks.delivering import ENDPOINTS, endpoint, later

pytestmark = pytest.mark.anyio


async def test_after_a_rotation_both_secrets_sign(client: Client, shop: Receiver, worker: Worker) -> None:
    hook = await endpoint(client, shop)
    rotated = (await client.post(f"{ENDPOINTS}/{hook['id']}/secret")).json()
    assert rotated["secret"] != hook["secret"]
    await account(client)
    await worker.round()
    [received] = shop.received
    assert received.verified_by(hook["secret"]) == received.verified_by(rotated["secret"])


async def test_the_old_secret_stops_signing_a_day_after_a_rotation(
    client: Client, shop: Receiver, worker: Worker, database: Database, workspace: Workspace
) -> None:
    hook = await endpoint(client, shop)
    await client.post(f"{ENDPOINTS}/{hook['id']}/secret")
    await later(
        database, workspace, "update webhook_endpoints set secret_changed_at = now() - interval '25 hours'"
    )
    await account(client)
    await worker.round()
    assert " " not in shop.received[0].headers["webhook-signature"]


async def test_the_secret_is_shown_once_and_stored_nowhere(
    client: Client, shop: Receiver, database: Database, workspace: Workspace
) -> None:
    body, key = {"url": shop.url}, {"Idempotency-Key": "once"}
    hook = (await client.post(ENDPOINTS, json=body, headers=key)).json()
    assert hook["secret"].startswith("whsec_")
    assert "secret" not in (await client.get(f"{ENDPOINTS}/{hook['id']}")).json()
    assert hook["secret"] not in (await client.get("/v1/audit-entries")).text
    async with database.workspace(workspace.id) as connection:
        rows = await connection.execute(
            """
            select to_jsonb(e)::text from webhook_endpoints e
            union all select to_jsonb(a)::text from audit_entries a
            union all select convert_from(body, 'SQL_ASCII') from idempotency_keys
            """
        )
        assert hook["secret"] not in str(await rows.fetchall())

"""An erased account stays as the erasure left it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests.integration.erasure.person import ANY, CARD, EMAIL, NAME
from tests.integration.erasure.world import World
from tests.integration.records import Client, made, problem_code
from tests.integration.scores import score

pytestmark = pytest.mark.anyio


async def test_a_person_is_erased_once_and_a_retry_has_no_second_effect(world: World) -> None:
    await world.erase()
    again = await world.client.post(f"/v1/accounts/{world.account_id}/erasure", headers=ANY)
    assert (again.status_code, problem_code(again)) == (409, "already-erased")
    body = {"account_id": world.account_id, "external_id": f"{CARD}-2", "last4": "4242"}
    retried = await world.client.post(
        "/v1/payment-methods",
        json={**body, "gateway_reference": f"ref {CARD}"},
        headers={"Idempotency-Key": "card"},
    )
    assert (retried.status_code, problem_code(retried)) == (409, "idempotency-key-reused")


async def test_nothing_of_a_person_is_added_to_an_erased_account(world: World) -> None:
    """A form that was open meanwhile would bring the person back, and nobody is erased twice."""
    await world.erase()
    account = {"account_id": world.account_id, "external_id": "late"}
    answers = [
        await world.client.patch(f"/v1/accounts/{world.account_id}", json={"name": NAME}, headers=ANY),
        await world.client.post("/v1/contacts", json={**account, "name": NAME, "email": EMAIL}),
        await world.client.post("/v1/payment-methods", json={**account, "gateway_reference": CARD}),
    ]
    assert [(each.status_code, problem_code(each)) for each in answers] == 3 * [(409, "erased-account")]
    assert world.left()[0] == {}


async def test_what_models_saw_of_an_account_goes_and_what_they_said_stays(
    client: Client, database: Database, workspace: Workspace
) -> None:
    accounts = [
        await made(client, "/v1/accounts", {"external_id": each, "name": each}) for each in ("S-1", "S-2")
    ]
    for version in (1, 2):
        for rank, each in enumerate(accounts, start=1):
            fields: dict[str, Any] = {
                "rank": rank,
                "probability": 0.5,
                "kind": "voluntary",
                "inputs": {"tenure": 3.5, "quiet": None},
            }
            await score(database, workspace, each, version=version, **fields)
    erased, other = (UUID(each["id"]) for each in accounts)
    answer = await client.post(f"/v1/accounts/{erased}/erasure", headers=ANY)
    assert answer.status_code == 200, answer.text
    async with database.workspace(workspace.id) as connection:
        cursor = await connection.execute(
            "select account_id, probability, inputs from churn_run_scores order by rank"
        )
        kept = await cursor.fetchall()
    assert kept == [(erased, 0.5, None)] * 2 + [(other, 0.5, [3.5, None])] * 2

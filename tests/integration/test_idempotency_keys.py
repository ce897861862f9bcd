"""A write with an idempotency key: one effect and one answer."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests.integration.records import ACCOUNT, Client, account, problem_code, subscription

pytestmark = pytest.mark.anyio


async def test_one_idempotency_key_has_one_effect_and_one_answer(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/v1/accounts", json=ACCOUNT, headers=headers)
    second = await client.post("/v1/accounts", json=ACCOUNT, headers=headers)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert len((await client.get("/v1/accounts")).json()["items"]) == 1


async def test_an_idempotency_key_of_another_request_is_refused(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    await client.post("/v1/accounts", json=ACCOUNT, headers=headers)
    other = await client.post("/v1/accounts", json={**ACCOUNT, "external_id": "A-2"}, headers=headers)
    assert (other.status_code, problem_code(other)) == (409, "idempotency-key-reused")


async def test_a_refused_request_can_be_retried_with_its_key(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    assert (
        await client.post("/v1/subscriptions", json=subscription(str(uuid4())), headers=headers)
    ).status_code == 404
    owner = await account(client)
    answer = await client.post("/v1/subscriptions", json=subscription(owner["id"]), headers=headers)
    assert answer.status_code == 201


async def test_concurrent_requests_with_one_key_have_one_effect(client: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    answers = await asyncio.gather(
        *(client.post("/v1/accounts", json=ACCOUNT, headers=headers) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


async def test_stored_answers_are_encrypted(client: Client, database: Database, workspace: Workspace) -> None:
    await client.post("/v1/accounts", json=ACCOUNT, headers={"Idempotency-Key": "k-1"})
    async with database.workspace(workspace.id) as connection:
        cursor = await connection.execute("select body, key_hash from idempotency_keys")
        (body, key_hash) = (await cursor.fetchall())[0]
    assert b"Acme" not in body
    assert b"k-1" not in key_hash

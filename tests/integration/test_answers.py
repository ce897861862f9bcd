"""What all answers of the API have in common: encodings, request ids, quotas."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import ACCOUNT, Client, account, client_of, problem_code

pytestmark = pytest.mark.anyio


async def test_prefer_return_minimal_gives_an_answer_without_a_body(client: Client) -> None:
    answer = await client.post("/v1/accounts", json=ACCOUNT, headers={"Prefer": "return=minimal"})
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["preference-applied"] == "return=minimal"
    change = await client.patch(
        answer.headers["location"],
        json={"name": "B"},
        headers={"Prefer": "return=minimal", "If-Match": "*"},
    )
    assert (change.status_code, change.headers["etag"]) == (204, '"2"')


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_a_large_answer_is_compressed_with_an_encoding_the_client_accepts(
    client: Client, encoding: str
) -> None:
    for number in range(10):
        await account(client, number)
    answer = await client.get("/v1/accounts", headers={"Accept-Encoding": encoding})
    assert answer.headers["content-encoding"] == encoding
    assert len(answer.json()["items"]) == 10


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("zstd;q=0, gzip;q=0.5", "gzip"),
        ("gzip;q=0.0, zstd; q=1", "zstd"),
        ("gzip;q=0, zstd;q=0.000, identity", None),
        ("zstd;q=0.0001, gzip;q=1", "gzip"),
        ("br", None),
    ],
)
async def test_an_answer_is_never_compressed_with_an_encoding_the_client_refuses(
    client: Client, accepted: str, encoding: str | None
) -> None:
    answer = await client.get("/openapi.json", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.json()["openapi"] == "3.1.0"


async def test_every_answer_has_its_request_id(client: Client) -> None:
    assert (await client.get("/v1/accounts", headers={"X-Request-Id": "mine-12345"})).headers[
        "x-request-id"
    ] == "mine-12345"
    made_up = (await client.get("/v1/nowhere", headers={"X-Request-Id": "not\tplain"})).headers[
        "x-request-id"
    ]
    assert made_up != "not\tplain"


async def test_requests_over_the_limit_are_refused_until_the_quota_refills(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    few = msgspec.structs.replace(settings_of_test, requests_per_minute=3)
    async with client_of(database, workspace, settings=few, runtime=RUNTIME) as client:
        answers = [await client.get("/v1/session") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit"].startswith('"requests";r=2;')
    assert int(answers[3].headers["retry-after"]) in range(1, 21)
    assert problem_code(answers[3]) == "rate-limited"


async def test_a_refused_request_returns_its_connection_to_the_pool(client: Client) -> None:
    """More requests than connections, each with one dependency that opens a connection and one that fails."""
    refused = await asyncio.gather(
        *(client.get("/v1/metrics/churn?from=never&to=2026-01-01") for _ in range(40))
    )
    assert {answer.status_code for answer in refused} == {400}
    assert (await client.get("/v1/accounts")).status_code == 200

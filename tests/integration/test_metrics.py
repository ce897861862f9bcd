"""`/metrics` on the server's own address, and who may read it."""

from __future__ import annotations

import re

import pytest

from keepwell.identity import service as identity
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.api_tokens.model import NewToken
from keepwell.identity.members import service as members
from keepwell.identity.members.model import NewMember
from keepwell.identity.model import Actor, Principal, Workspace
from keepwell.identity.permissions import Permission, Role
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, token_of

pytestmark = pytest.mark.anyio


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def count_of(text: str, *labels: str) -> float:
    lines = [line for line in text.splitlines() if line.startswith("keepwell_http_requests_total{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(each in line for each in labels))


async def test_requests_are_counted_by_route_and_status(client: Client) -> None:
    before = (await client.get("/metrics")).text
    await client.get("/v1/accounts", params={"limit": 1})
    await client.get("/v1/accounts", params={"limit": 0})
    after = (await client.get("/metrics")).text
    for status in ("200", "400"):
        labels = ('route="/v1/accounts"', f'status="{status}"')
        assert count_of(after, *labels) == count_of(before, *labels) + 1


async def test_what_a_client_makes_up_is_no_series_of_its_own(client: Client) -> None:
    await client.get("/v1/made-up-path")
    await client.request("MADEUP", "/v1/accounts")
    text = (await client.get("/metrics")).text
    assert "made-up" not in text
    assert "MADEUP" not in text


@pytest.mark.parametrize(
    ("accepted", "begins"),
    [
        ("*/*", "text/plain; version=0.0.4"),
        ("text/plain; version=1.0.0", "text/plain; version=1.0.0"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1.0.0"),
    ],
)
async def test_metrics_come_in_the_format_that_the_scraper_asks_for(
    client: Client, accepted: str, begins: str
) -> None:
    answer = await client.get("/metrics", headers={"Accept": accepted})
    assert answer.headers["Content-Type"].startswith(begins)
    assert answer.headers["Content-Type"].count("charset=utf-8") == 1
    assert answer.text.endswith("# EOF\n") == begins.startswith("application/openmetrics-text")


async def test_metrics_name_no_workspace(client: Client, workspace: Workspace) -> None:
    text = (await client.get("/metrics")).text
    assert str(workspace.id) not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7", text)


async def test_metrics_need_a_credential(client: Client) -> None:
    del client.headers["Authorization"]
    assert (await client.get("/metrics")).status_code == 401


async def test_a_token_for_metrics_reads_nothing_else(
    client: Client, database: Database, workspace: Workspace
) -> None:
    scraper = await token_of(database, workspace, runtime=RUNTIME, scopes=[Permission.READ_METRICS])
    assert (await client.get("/metrics", headers=bearer(scraper))).status_code == 200
    assert (await client.get("/v1/accounts", headers=bearer(scraper))).status_code == 403


async def test_an_analyst_may_not_read_metrics(
    client: Client, database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        added = await members.invite(
            connection, actor, NewMember(name="Analyst", role=Role.ANALYST), runtime=RUNTIME
        )
        own = Actor(Principal(workspace.id, added.id, Role.ANALYST), "test")
        token = (await api_tokens.create_token(connection, own, NewToken(name="test"), runtime=RUNTIME)).token
    assert (await client.get("/metrics", headers=bearer(token))).status_code == 403

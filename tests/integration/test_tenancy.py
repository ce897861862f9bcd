"""Row-level security: what one workspace's member asks never shows another's rows, on any route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from keepwell.app.http import create_app
from keepwell.app.openapi import described
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.service import system_keys
from keepwell.platform.config import Settings
from keepwell.platform.database import Database, as_app_role
from tests.integration.records import token_of

pytestmark = pytest.mark.anyio

KEYS = system_keys()


async def workspace_with_token(database: Database) -> tuple[Workspace, dict[str, str]]:
    async with database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", keys=KEYS)
    token = await token_of(database, workspace, keys=KEYS)
    return workspace, {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def client(database: Database, settings_of_test: Settings) -> AsyncIterator[AsyncTestClient[Litestar]]:
    app = create_app(database, settings=settings_of_test, keys=KEYS)
    async with AsyncTestClient(app, raise_server_exceptions=False) as opened:
        yield opened


async def account_in(database: Database, workspace: Workspace) -> UUID:
    account_id = uuid4()
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, 'A-1', 'Acme')",
            (workspace.id, account_id),
        )
    return account_id


def api_paths(client: AsyncTestClient[Litestar]) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = described(client.app)["paths"]
    return {path: item for path, item in paths.items() if path.startswith("/v1/")}


async def test_every_route_with_an_id_answers_404_for_another_workspaces_id(
    client: AsyncTestClient[Litestar], database: Database
) -> None:
    ours, _ = await workspace_with_token(database)
    _, theirs = await workspace_with_token(database)
    ids = defaultdict(uuid4, account_id=await account_in(database, ours))
    with_id = [(path, method) for path, item in api_paths(client).items() for method in item if "{" in path]
    assert with_id
    for path, method in with_id:
        asked = path.format_map(ids)
        answer = await client.request(method.upper(), asked, headers={**theirs, "If-Match": "*"}, json={})
        assert answer.status_code == 404, path


async def test_every_route_answers_401_to_nobody(client: AsyncTestClient[Litestar]) -> None:
    for path, item in api_paths(client).items():
        for method, operation in item.items():
            # Where one signs in, nobody is signed in yet.
            if operation.get("security") == []:
                continue
            answer = await client.request(method.upper(), path.format_map(defaultdict(uuid4)))
            assert answer.status_code == 401, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["hint"]


async def test_a_list_holds_the_members_own_rows_only(
    client: AsyncTestClient[Litestar], database: Database
) -> None:
    ours, our_token = await workspace_with_token(database)
    _, their_token = await workspace_with_token(database)
    account_id = await account_in(database, ours)
    own = (await client.get("/v1/accounts", headers=our_token)).json()
    foreign = (await client.get("/v1/accounts", headers=their_token)).json()
    assert [item["id"] for item in own["items"]] == [str(account_id)]
    assert foreign["items"] == []


async def test_every_table_of_a_tenant_forces_row_level_security(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute(
            """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind = 'r' and c.relname not in ('schema_migrations', 'rate_limits')
              and not (c.relrowsecurity and c.relforcerowsecurity)
            """
        ).fetchall()
    assert rows == []


async def test_a_statement_without_a_where_shows_nothing_outside_of_a_workspace(database: Database) -> None:
    workspace, _ = await workspace_with_token(database)
    await account_in(database, workspace)
    async with database.transaction() as connection:
        rows = await (await connection.execute("select * from accounts")).fetchall()
    assert rows == []


async def test_a_row_cannot_be_written_into_another_workspace(database: Database) -> None:
    ours, _ = await workspace_with_token(database)
    theirs, _ = await workspace_with_token(database)
    with pytest.raises(Exception, match="row-level security"):
        async with database.workspace(ours.id) as connection:
            await connection.execute(
                "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, 'A-9', 'Foreign')",
                (theirs.id, uuid4()),
            )


async def test_the_apps_role_can_bypass_nothing_and_reset_keeps_it(conninfo: str) -> None:
    with psycopg.connect(as_app_role(conninfo), autocommit=True) as connection:
        connection.execute("reset role")
        row = connection.execute(
            "select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()
    assert row == ("keepwell_app", False, False)

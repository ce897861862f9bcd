"""Row-level security: what one workspace's member asks never shows another's rows, on any route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, LiteralString
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from psycopg import sql

from keepwell.app.openapi import described
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.store import name_email, present_credential
from keepwell.platform.config import Settings
from keepwell.platform.database import Database, as_app_role
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.runtime import system_runtime
from keepwell.platform.statements import Query
from tests.app_client import AppClient
from tests.integration.apps import create_app
from tests.integration.records import token_of

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
TABLES_OF_TENANTS: LiteralString = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
      and c.relname not in ('schema_migrations', 'rate_limits')
"""
SET_FOR_A_TRANSACTION = [
    "app.workspace_id",
    "app.credential",
    "app.email",
    "app.workspace_slug",
    "app.working",
]


class AccountName(msgspec.Struct):
    name: str


class _Undone(Exception):
    """Rolls a transaction back."""


def counting(table: str) -> sql.Composed:
    return sql.SQL("select count(*) from {}").format(sql.Identifier(table))


async def workspace_with_token(database: Database) -> tuple[Workspace, dict[str, str]]:
    async with database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME)
    token = await token_of(database, workspace, runtime=RUNTIME)
    return workspace, {"Authorization": f"Bearer {token}"}


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def client(database: Database, settings_of_test: Settings) -> AsyncIterator[AppClient]:
    app = create_app(database, settings=settings_of_test, runtime=RUNTIME)
    async with AppClient(app, raise_server_exceptions=False) as opened:
        yield opened


async def account_in(database: Database, workspace: Workspace) -> UUID:
    account_id = uuid4()
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, 'A-1', 'Acme')",
            (workspace.id, account_id),
        )
    return account_id


def api_paths(client: AppClient) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = described(client.app)["paths"]
    return {path: item for path, item in paths.items() if path.startswith("/v1/")}


async def test_every_route_with_an_id_answers_404_for_another_workspaces_id(
    client: AppClient, database: Database
) -> None:
    ours, _ = await workspace_with_token(database)
    _, theirs = await workspace_with_token(database)
    ids: defaultdict[str, object] = defaultdict(uuid4, account_id=await account_in(database, ours), version=1)
    with_id = [(path, method) for path, item in api_paths(client).items() for method in item if "{" in path]
    assert with_id
    for path, method in with_id:
        parameters = api_paths(client)[path][method].get("parameters", ())
        required = {each["name"]: "x" for each in parameters if each["in"] == "query" and each["required"]}
        answer = await client.request(
            method.upper(),
            path.format_map(ids),
            params=required,
            headers={**theirs, "If-Match": "*"},
            json={},
        )
        assert answer.status_code == 404, path


async def test_every_route_answers_401_without_credentials(client: AppClient) -> None:
    for path, item in api_paths(client).items():
        for method, operation in item.items():
            # Where one signs in, nobody is signed in yet.
            if operation.get("security") == []:
                continue
            answer = await client.request(method.upper(), path.format_map(defaultdict(uuid4, version=1)))
            assert answer.status_code == 401, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["hint"]


async def test_a_list_contains_only_rows_of_the_members_workspace(
    client: AppClient, database: Database
) -> None:
    ours, our_token = await workspace_with_token(database)
    _, their_token = await workspace_with_token(database)
    account_id = await account_in(database, ours)
    own = (await client.get("/v1/accounts", headers=our_token)).json()
    foreign = (await client.get("/v1/accounts", headers=their_token)).json()
    assert [item["id"] for item in own["items"]] == [str(account_id)]
    assert foreign["items"] == []


async def test_every_tenant_table_forces_row_level_security(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute(
            f"{TABLES_OF_TENANTS} and not (c.relrowsecurity and c.relforcerowsecurity)"
        ).fetchall()
    assert rows == []


async def test_no_rows_are_visible_outside_a_workspace(database: Database, conninfo: str) -> None:
    workspace, _ = await workspace_with_token(database)
    await account_in(database, workspace)
    with psycopg.connect(conninfo) as superuser:
        tables = [name for (name,) in superuser.execute(TABLES_OF_TENANTS).fetchall()]
        filled = [name for name in tables if superuser.execute(counting(name)).fetchone() != (0,)]
    assert {"accounts", "members", "api_tokens", "audit_entries", "workspaces"} <= set(filled)
    async with database.transaction() as connection:
        seen = [await (await connection.execute(counting(name))).fetchone() for name in tables]
    assert seen == [(0,)] * len(tables)


@pytest.mark.parametrize("ends", ["committed", "rolled back"])
async def test_transaction_settings_do_not_outlive_the_transaction(conninfo: str, ends: str) -> None:
    async with Database.open(conninfo, max_size=1) as database:
        workspace, _ = await workspace_with_token(database)
        await account_in(database, workspace)
        with suppress(_Undone):
            async with database.workspace(workspace.id) as connection:
                process = connection.info.backend_pid
                await present_credential(connection, "hash")
                await name_email(connection, "ada@example.org")
                if ends == "rolled back":
                    raise _Undone
        async with database.transaction() as connection:
            assert connection.info.backend_pid == process
            asked = await connection.execute(
                "select current_setting(name, true) from unnest(%s::text[]) as name", (SET_FOR_A_TRANSACTION,)
            )
            left = [value for (value,) in await asked.fetchall()]
            rows = await (await connection.execute("select * from accounts")).fetchall()
    assert set(left) <= {None, ""}
    assert rows == []


async def test_a_reader_sees_only_its_workspace_and_leaves_no_setting_behind(conninfo: str) -> None:
    names = Query("select name from accounts order by name", AccountName)
    async with Database.open(conninfo, max_size=1) as database:
        ours, _ = await workspace_with_token(database)
        theirs, _ = await workspace_with_token(database)
        await account_in(database, ours)
        assert len(await names.all(database.reader(ours.id))) == 1
        assert await names.all(database.reader(theirs.id)) == []
        async with database.transaction() as connection:
            assert await names.all(connection) == []


async def test_a_row_cannot_be_written_into_another_workspace(database: Database) -> None:
    ours, _ = await workspace_with_token(database)
    theirs, _ = await workspace_with_token(database)
    with pytest.raises(InfrastructureError) as raised:
        async with database.workspace(ours.id) as connection:
            await connection.execute(
                "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, 'A-9', 'Foreign')",
                (theirs.id, uuid4()),
            )
    assert "row-level security" in raised.value.for_operator


async def test_the_app_role_cannot_bypass_row_level_security_even_after_reset(conninfo: str) -> None:
    with psycopg.connect(as_app_role(conninfo), autocommit=True) as connection:
        connection.execute("reset role")
        row = connection.execute(
            "select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()
    assert row == ("keepwell_app", False, False)

"""A client of the API who may do everything, and bodies for what it makes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient

from keepwell.app.http import create_app
from keepwell.identity import service as identity
from keepwell.identity.model import Principal, Workspace
from keepwell.identity.service import Keys
from keepwell.platform.config import Settings
from keepwell.platform.database import Database

Client = AsyncTestClient[Litestar]
ACCOUNT = {"external_id": "A-1", "name": "Acme"}


@asynccontextmanager
async def client_of(
    database: Database, workspace: Workspace, *, settings: Settings, keys: Keys
) -> AsyncIterator[Client]:
    """A client with a token of the workspace's owner."""
    async with database.workspace(workspace.id) as connection:
        member = await identity.owner(connection, workspace.id)
        token = await identity.create_token(
            connection, Principal(workspace.id, member.id), name="test", keys=keys
        )
    app = create_app(database, settings=settings, keys=keys)
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def made(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What POST `path` answers; fails on any status but 201."""
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def account(client: Client, number: int = 1, **fields: Any) -> dict[str, Any]:
    return await made(
        client, "/v1/accounts", {"external_id": f"A-{number}", "name": f"Account {number:03}", **fields}
    )


def problem_code(answer: Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])

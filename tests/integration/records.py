"""An API client with all permissions, and request bodies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from httpx import Response

from keepwell.identity import service as identity
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.api_tokens.model import NewToken
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import Runtime
from tests.app_client import AppClient
from tests.integration.apps import create_app

Client = AppClient
ACCOUNT = {"external_id": "A-1", "name": "Acme"}


async def token_of(
    database: Database, workspace: Workspace, *, runtime: Runtime, scopes: Sequence[Permission] | None = None
) -> str:
    """An API token of the workspace's owner."""
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        new = NewToken(name="test", scopes=scopes)
        return (await api_tokens.create_token(connection, actor, new, runtime=runtime)).token


@asynccontextmanager
async def client_of(
    database: Database, workspace: Workspace, *, settings: Settings, runtime: Runtime
) -> AsyncIterator[Client]:
    """A client with a token of the workspace's owner."""
    token = await token_of(database, workspace, runtime=runtime)
    app = create_app(database, settings=settings, runtime=runtime)
    async with AppClient(app, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def made(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to POST `path`; fails on any status except 201."""
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def account(client: Client, number: int = 1, **fields: Any) -> dict[str, Any]:
    return await made(
        client, "/v1/accounts", {"external_id": f"A-{number}", "name": f"Account {number:03}", **fields}
    )


def subscription(account_id: str, **fields: Any) -> dict[str, Any]:
    whole = {
        "external_id": "S-1",
        "account_id": account_id,
        "plan": "Pro",
        "amount": "29.00",
        "amount_per": "month",
        "interval": "month",
        "starts_on": "2026-01-10",
    }
    return {**whole, **fields}


def problem_code(answer: Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])

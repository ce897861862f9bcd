"""What the commands of this room share: one transaction in the workspace that --workspace names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from keepwell.identity import service
from keepwell.platform.cli.command_line import Target
from keepwell.platform.database import Connection
from keepwell.platform.database_server import open_database

Result = TypeVar("Result")


async def in_workspace(target: Target, work: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    """The result of `work` in one transaction of the workspace; raises NotFound if there is none of that name."""
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await service.get_workspace(connection, target.workspace)
        return await work(connection, workspace.id)

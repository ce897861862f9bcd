"""A workspace full of traces of the person, and a client of its API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import chain_key
from keepwell.platform.runtime import system_runtime
from tests.integration.erasure.export import MoneyExport
from tests.integration.erasure.world import World
from tests.integration.records import Client, client_of
from tests.integration.shops import Shop


@pytest.fixture
def settings_of_test(settings_of_test: Settings) -> Settings:
    return msgspec.structs.replace(
        settings_of_test, requests_per_minute=1_000_000, allow_private_webhooks=True
    )


@pytest.fixture
async def database(conninfo: str, settings_of_test: Settings) -> AsyncIterator[Database]:
    """With the key of the home, as the product opens it."""
    async with Database.open(conninfo, chain_key=chain_key(settings_of_test)) as opened:
        yield opened


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=system_runtime()) as opened:
        yield opened


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    shop.export = MoneyExport(tmp_path / "export")  # type: ignore[assignment]  # the same calls
    return shop


@pytest.fixture
async def world(nothing_is_due: None, shop: Shop, client: Client, conninfo: str) -> World:
    made_world = World(shop, client, conninfo)
    await made_world.fill()
    return made_world

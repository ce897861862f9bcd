"""What many modules share: settings without a home of their own, and a client of the API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.apps import SHARED_HOME
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, client_of

UNLIMITED = 1_000_000


@pytest.fixture(scope="session")
def shared_settings(tmp_path_factory: pytest.TempPathFactory, conninfo: str) -> Settings:
    """Settings for all tests of this worker, so that they can use one application; their workspaces differ."""
    home = tmp_path_factory.mktemp("home") / SHARED_HOME
    return Settings(
        home=home,
        database_url=conninfo,
        requests_per_minute=UNLIMITED,
        sign_ins_per_minute=UNLIMITED,
    )


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    """A client with an API token of the first owner."""
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        yield opened

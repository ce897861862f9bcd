"""A workspace with webhooks, a receiver that checks each signature, and the worker between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.work.worker import Worker
from keepwell.webhooks.sender import Sender
from tests.conftest import migrated_database
from tests.integration.apps import settings_on
from tests.integration.receiver import Receiver, receiver
from tests.integration.records import Client, client_of
from tests.integration.webhooks.delivering import RUNTIME, worker_of


@pytest.fixture(scope="package")
def conninfo(server: str) -> Iterator[str]:
    # A worker looks into every workspace.
    with migrated_database(server) as own:
        yield own


@pytest.fixture(scope="package")
def settings_of_test(tmp_path_factory: pytest.TempPathFactory, conninfo: str) -> Settings:
    return settings_on(conninfo, tmp_path_factory)


@pytest.fixture
def settings(settings_of_test: Settings) -> Settings:
    return msgspec.structs.replace(settings_of_test, allow_private_webhooks=True)


@pytest.fixture
async def client(database: Database, workspace: Workspace, settings: Settings) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings, runtime=RUNTIME) as opened:
        yield opened


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


@pytest.fixture
async def worker(database: Database, settings: Settings) -> AsyncIterator[Worker]:
    async with Sender.open(allow_private=True, clock=RUNTIME.clock, timeout_seconds=0.5) as sender:
        yield worker_of(database, sender, settings)

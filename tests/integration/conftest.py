"""What many modules share: settings without a home of their own, and a client of the API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from keepwell.churn.drift import chance
from keepwell.identity.model import Workspace
from keepwell.identity.passwords import service as passwords
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.apps import settings_on
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, account, client_of


@pytest.fixture(scope="session")
def shared_settings(tmp_path_factory: pytest.TempPathFactory, conninfo: str) -> Settings:
    """Settings for all tests of this worker, so that they can use one application; their workspaces differ."""
    return settings_on(conninfo, tmp_path_factory)


@pytest.fixture(scope="module")
def settings_of_module(tmp_path_factory: pytest.TempPathFactory, conninfo: str) -> Settings:
    """As `shared_settings`, for the tests of one module: they have a database or files of their own."""
    return settings_on(conninfo, tmp_path_factory)


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    """A client with an API token of the first owner."""
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        yield opened


@pytest.fixture
async def owned(client: Client) -> tuple[Client, dict[str, Any]]:
    """That client, and an account of its workspace."""
    return client, await account(client)


@pytest.fixture(scope="package", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashes that take no time: tests/unit/identity/test_password_hashes.py holds what the product's cost."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_hasher", lambda: cheap)
        yield


@pytest.fixture(scope="package", autouse=True)
def few_draws() -> Iterator[None]:
    """Each list is compared with chance, which takes a second: tests/unit/churn/drift has the product's draws."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(chance, "_DRAWS", 1_000)
        yield

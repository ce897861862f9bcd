"""The settings of tests that need no home of their own."""

from __future__ import annotations

import pytest

from keepwell.platform.config import Settings
from tests.integration.apps import SHARED_HOME

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

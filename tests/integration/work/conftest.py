"""A database of due work, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clocks import MovableClock
from tests.conftest import migrated_database
from tests.integration.due_work import table_of_effects
from tests.integration.work.working import NOON


@pytest.fixture(scope="package")
def conninfo(server: str) -> Iterator[str]:
    # A worker looks into every workspace, also those of other tests: recurring work would be done in hundreds.
    with migrated_database(server) as own:
        yield own


@pytest.fixture(scope="package", autouse=True)
def _table(conninfo: str) -> Iterator[None]:
    with table_of_effects(conninfo):
        yield


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)

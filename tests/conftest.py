"""A real Postgres for every test that wants one: the embedded server, or the one of KEEPWELL_DATABASE_URL.

Every worker of a parallel run has its own server and database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import database_server
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import system_runtime
from tests.running import postmaster

if TYPE_CHECKING:
    from keepwell.sample.files import BusinessSummary

SAMPLE_UNTIL = date(2025, 7, 1)
# A sixth of the default: the whole business is for `--thorough`.
SAMPLE_ACCOUNTS = 300
pytest_plugins = [
    "tests.garbage",
    "tests.left_tasks",
    "tests.processor_seconds",
    "tests.thorough",
    "tests.warm_connections",
    "tests.workers",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--spark", action="store_true", help="Run the tests that need Spark, and no others.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needs_spark = [item for item in items if item.get_closest_marker("spark")]
    if not config.getoption("--spark"):
        for item in needs_spark:
            item.add_marker(
                pytest.mark.skip(reason="needs Java and the extra `spark`: ./keepwell test --spark")
            )
        return
    config.hook.pytest_deselected(items=[item for item in items if item not in needs_spark])
    items[:] = needs_spark


@pytest.fixture(scope="session")
def sample_business(tmp_path_factory: pytest.TempPathFactory) -> BusinessSummary:
    """The export of a sample business, to be read only."""
    from keepwell.sample.service import write_export  # noqa: PLC0415  few tests pay for importing it

    return write_export(
        tmp_path_factory.mktemp("sample"),
        seed=1,
        until=SAMPLE_UNTIL,
        accounts=SAMPLE_ACCOUNTS,
        progress=SilentProgress(),
    )


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server(watch: Callable[[int], None]) -> Iterator[str]:
    """The conninfo of a server for tests."""
    home = Path(tempfile.mkdtemp(prefix="keepwell-test-"))
    try:
        with database_server(read_settings(home=home)) as conninfo:
            if (home / "postgres").exists():
                skip_what_only_a_power_cut_needs(conninfo)
                watch(postmaster(home))
            yield conninfo
    finally:
        shutil.rmtree(home)


def skip_what_only_a_power_cut_needs(conninfo: str) -> None:
    """Make our server faster; tests/faults starts its own servers."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(setting)))
        connection.execute("select pg_reload_conf()")


@pytest.fixture(scope="session")
def conninfo(server: str) -> Iterator[str]:
    """A migrated database for this run on that server."""
    with migrated_database(server) as own:
        yield own


@contextmanager
def migrated_database(server: str) -> Iterator[str]:
    """A database of its own, for tests whose work grows with the workspaces that other tests leave behind."""
    from tests.warm_connections import kept_connections  # noqa: PLC0415  pytest must be the first to import its plugins

    name = f"keepwell_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    own = make_conninfo(server, dbname=name)
    migrate(own, read_migrations(migrations_folder()))
    with kept_connections(own):
        yield own
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    """A pool on this run's database."""
    async with Database.open(conninfo) as opened:
        yield opened


@pytest.fixture
async def workspace(database: Database) -> Workspace:
    """A new workspace."""
    async with database.transaction() as connection:
        return await identity.ensure_workspace(
            connection, f"test-{uuid4().hex[:12]}", runtime=system_runtime()
        )


@pytest.fixture
def nothing_is_due(conninfo: str) -> None:
    """No work of other tests is due: a worker looks into every workspace, also into theirs."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("delete from due_work")


@pytest.fixture
def settings_of_test(tmp_path: Path, conninfo: str) -> Settings:
    """Settings with a new home and this run's database."""
    # All requests of the tests have the same client address.
    return Settings(home=tmp_path / "home", database_url=conninfo, sign_ins_per_minute=10_000)

"""A training whose list does not fit on the database's disk: nothing of it is stored, and freeing space lets the next one succeed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from keepwell.identity import service as identity
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import StorageFull
from keepwell.platform.runtime import system_runtime
from tests.conftest import migrated_database
from tests.faults.disks import enlarge
from tests.integration.test_champions import Shop, steady

pytestmark = pytest.mark.anyio

DISK_BYTES = 2 << 20


@contextmanager
def tablespace(server: str, disk: Path) -> Iterator[str]:
    """The name of a tablespace of the server on the small disk."""
    name = "small_disk"
    with psycopg.connect(server, autocommit=True) as connection:
        # The server may be another user, who has to own the folder.
        owner = Path(f"/proc/{connection.info.backend_pid}").stat()
        os.chown(disk, owner.st_uid, owner.st_gid)
        place = sql.SQL("create tablespace {} location {}")
        connection.execute(place.format(sql.Identifier(name), sql.Literal(str(disk))))
        yield name
        connection.execute(sql.SQL("drop tablespace {}").format(sql.Identifier(name)))


def fill_up(disk: Path) -> None:
    with (disk / "other").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free)


async def test_a_full_disk_stores_nothing_of_a_training_and_the_champion_stays(
    server: str, disk_of: Callable[[int], Path], tmp_path: Path
) -> None:
    disk = disk_of(DISK_BYTES)
    with tablespace(server, disk) as name, migrated_database(server) as conninfo:
        async with Database.open(conninfo) as database:
            async with database.transaction() as connection:
                workspace = await identity.ensure_workspace(connection, "shop", runtime=system_runtime())
            settings = Settings(home=tmp_path / "home", database_url=conninfo)
            shop = Shop(database, settings, workspace)
            await shop.fill(steady)
            await shop.train()
            with psycopg.connect(conninfo, autocommit=True) as connection:
                move = sql.SQL("alter table churn_run_scores set tablespace {}")
                connection.execute(move.format(sql.Identifier(name)))
            fill_up(disk)
            with pytest.raises(StorageFull, match="disk is full"):
                await shop.train()
            assert await shop.standings() == {1: "champion"}
            assert await shop.count("select count(*) from churn_runs") == 1
            enlarge(disk, 8 * DISK_BYTES)
            assert await shop.train() == 2
            assert await shop.standings() == {2: "champion", 1: "retired"}

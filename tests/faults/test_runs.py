"""The process that makes a run at night is killed, and so is its worker: the night has one run, whole, and no other trace."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import anyio
import psutil
import psycopg
import pytest

from keepwell.platform.config import Settings
from tests.commands import ForkedProcess, start_command
from tests.conftest import migrated_database
from tests.integration.scored_sample import score_sample
from tests.running import PATIENCE, environment

CHILD = "keepwell.app.work.night"
RUNS: LiteralString = "select number, state from churn_runs where cause = 'night'"
WHOLE: LiteralString = """
    select count(*), r.date from churn_run_scores s join churn_runs r on r.number = s.run_number where r.cause = 'night' group by r.date
"""
DONE: LiteralString = "select 1 from due_work where kind = 'churn.night' and due_at = date_trunc('day', now(), 'UTC') + interval '1 day'"
# What a worker finds once the lease of one that died has ended.
HASTEN: LiteralString = "update due_work set leased_until = null, due_at = now() where kind = 'churn.night'"


class Shop:
    """A scored workspace in a database of its own, whose night is due."""

    def __init__(self, home: Path, conninfo: str) -> None:
        self.home, self.conninfo = home, conninfo
        settings = Settings(home=home, database_url=conninfo)
        self.workspace = anyio.run(score_sample, settings, conninfo).workspace
        self.run("delete from due_work")
        self.run(
            """
            insert into due_work (workspace_id, kind, subject_id, due_at)
            select id, 'churn.night', id, date_trunc('day', now(), 'UTC') from workspaces
            """
        )

    def run(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def locked(self, statement: LiteralString) -> Iterator[None]:
        """Rows that nobody else may touch while the block runs."""
        with psycopg.connect(self.conninfo) as connection:
            connection.execute(statement)
            yield
            connection.rollback()

    def is_waited_for(self) -> bool:
        return bool(self.run("select 1 from pg_locks where not granted"))

    def children(self) -> list[psutil.Process]:
        """The processes that make a run of this shop, whoever started them."""
        asked = [(each, each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"])]
        return [each for each, line in asked if CHILD in line and str(self.home) in line[-1]]

    @contextmanager
    def worker(self) -> Iterator[ForkedProcess]:
        with (self.home.parent / "worker.log").open("ab") as log:
            given = environment(self.home, database_url=self.conninfo)
            process = start_command("worker", environment=given, stdout=log, stderr=log)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, server: str) -> Iterator[Shop]:
    with migrated_database(server) as conninfo:
        yield Shop(tmp_path_factory.mktemp("shop") / "home", conninfo)


def test_a_night_whose_process_and_worker_are_killed_has_one_whole_run(shop: Shop) -> None:
    ((accounts,),) = shop.run("select count(*) from churn_run_scores where run_number = 1")
    # The run's row is written before its scores, and each score looks for its account.
    the_account_of_a_score: LiteralString = """
        select from accounts where id = (select account_id from churn_run_scores order by rank desc limit 1) for update
    """
    with shop.locked(the_account_of_a_score), shop.worker() as worker:
        until(shop.is_waited_for)
        (child,) = shop.children()
        child.kill()
        until(
            lambda: shop.run("select 1 from due_work where kind = 'churn.night' and last_error is not null")
        )
        assert (shop.children(), shop.run(RUNS)) == ([], [])
        shop.run(HASTEN)
        until(shop.is_waited_for)
        os.kill(worker.pid, signal.SIGKILL)
        # It ends with its worker, and Postgres takes back what it had written.
        until(lambda: not shop.children() and not shop.is_waited_for())
        assert shop.run(RUNS) == []
    shop.run(HASTEN)
    with ExitStack() as held, shop.worker() as worker:
        held.enter_context(shop.locked(the_account_of_a_score))
        until(shop.is_waited_for)
        with shop.locked("select from due_work where kind = 'churn.night' for update"):
            held.close()
            # The run is stored, and the worker dies before it can say so.
            until(lambda: shop.run(RUNS))
            os.kill(worker.pid, signal.SIGKILL)
            until(lambda: not shop.children())
    shop.run(HASTEN)
    with shop.worker():
        until(lambda: shop.run(DONE))
    assert len(shop.run(RUNS)) == 1
    # What has to follow the list is made up for, whenever its process was killed.
    assert shop.run("select count(judged_at) from churn_runs where cause = 'night'") == [(1,)]
    assert shop.run(WHOLE) == [(accounts, datetime.now(UTC).date())]


def test_a_challenger_whose_process_is_killed_before_it_is_stored_leaves_the_champion_and_no_trace(
    shop: Shop,
) -> None:
    models: LiteralString = "select version, standing from churn_models"
    stored_by_nobody_else: LiteralString = (
        "select pg_advisory_xact_lock(hashtextextended('churn_models ' || id::text, 0)) from workspaces"
    )
    slug = shop.run("select slug from workspaces")[0][0]
    given = environment(shop.home, database_url=shop.conninfo)
    with shop.locked(stored_by_nobody_else), (shop.home.parent / "train.log").open("ab") as log:
        command = ("churn", "train", "--challenge", "--only", "logistic", "--workspace", slug)
        training = start_command(*command, environment=given, stdout=log, stderr=log)
        until(shop.is_waited_for)
        training.send_signal(signal.SIGKILL)
        training.wait(PATIENCE)
        until(lambda: not shop.is_waited_for())
    assert shop.run(models) == [(1, "champion")]

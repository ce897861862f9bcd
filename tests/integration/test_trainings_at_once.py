"""What is trained, or scored, while another training of the same workspace ends before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from threading import Thread
from types import ModuleType
from typing import Any, LiteralString

import anyio
import msgspec
import pytest

from keepwell.churn import training_service
from keepwell.churn.champions import challenging
from keepwell.churn.champions.model import ChampionChanged
from keepwell.churn.doors.model import Question
from keepwell.churn.nightly import service as nightly
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.test_champions import LAST, Shop, steady

pytestmark = pytest.mark.anyio

During = Callable[[ModuleType, str], None]
LISTS: LiteralString = "select number, model_version, accounts = (select count(*) from churn_run_scores where run_number = number) from churn_runs order by 1"


@pytest.fixture
async def shop(database: Database, settings_of_test: Settings, workspace: Workspace) -> Shop:
    made = Shop(database, settings_of_test, workspace)
    await made.fill(steady)
    return made


@pytest.fixture
def trained_during(shop: Shop, conninfo: str, monkeypatch: pytest.MonkeyPatch) -> During:
    """Has another training, of a shorter horizon, begin and end as soon as a function has read the records."""

    async def train() -> None:
        async with Database.open(conninfo) as own:
            work = msgspec.structs.replace(shop.work, database=own)
            await training_service.train(
                work, workspace_id=shop.workspace.id, question=Question(horizon_days=20)
            )

    def during(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def slow(*given: Any, **named: Any) -> Any:
            monkeypatch.setattr(module, name, real)
            found = real(*given, **named)
            in_thread(train)
            return found

        monkeypatch.setattr(module, name, slow)

    return during


def in_thread(work: Callable[[], Awaitable[None]]) -> None:
    thread = Thread(target=anyio.run, args=(work,))
    thread.start()
    thread.join()


async def test_of_two_trainings_the_one_that_ends_last_is_the_champion_and_both_lists_are_whole(
    shop: Shop, trained_during: During
) -> None:
    trained_during(training_service, "learned_from")
    assert await shop.train() == 2
    assert await shop.standings() == {2: "champion", 1: "retired"}
    assert await shop.rows(LISTS) == [(1, 1, True), (2, 2, True)]


async def test_a_challenger_of_a_champion_that_was_replaced_meanwhile_is_not_stored(
    shop: Shop, trained_during: During
) -> None:
    """It would be compared with a model that was asked something else."""
    await shop.train()
    trained_during(challenging, "learned_from")
    with pytest.raises(ChampionChanged, match="Model 2 makes the lists now, and no longer model 1"):
        await shop.challenge()
    assert await shop.standings() == {2: "champion", 1: "retired"}


async def test_a_night_whose_champion_was_replaced_meanwhile_has_the_list_of_the_new_one(
    shop: Shop, trained_during: During
) -> None:
    await shop.train()
    trained_during(nightly, "list_from")
    run = await shop.night(LAST)
    assert (run.number, run.model_version) == (3, 2)
    assert await shop.rows(LISTS) == [(1, 1, True), (2, 2, True), (3, 2, True)]

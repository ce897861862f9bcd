"""A challenger against the champion, on a shop whose pattern of leaving changed and on one where nothing did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, LiteralString

import msgspec
import pytest

from keepwell.app.listeners import event_bus
from keepwell.churn import training_service
from keepwell.churn.champions import challenging
from keepwell.churn.champions.challenging import Challenge, after_night, challenge
from keepwell.churn.champions.model import Judged, OtherQuestion
from keepwell.churn.doors.model import Question
from keepwell.churn.history import TrainingContext
from keepwell.churn.live import service as live
from keepwell.churn.live.model import Verdict
from keepwell.churn.nightly.service import make_run
from keepwell.churn.report import USUAL_RUNG
from keepwell.churn.runs.model import Run
from keepwell.churn.trained import service as trained
from keepwell.churn.trained.model import TrainedModel
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import Runtime, system_runtime
from tests.clocks import MovableClock
from tests.integration.scored_sample import training

pytestmark = pytest.mark.anyio

MONTH, DAY = timedelta(days=30), timedelta(days=1)
LAST = date(2026, 6, 1)
# The champion is trained when the pattern has just changed.
CHANGED_ON = LAST - 8 * MONTH
MONTHS, ACCOUNTS = 20, 200
Rate = Callable[[str, date], float]


def steady(plan: str, _: date) -> float:
    return 0.13 if plan == "A" else 0.02


def changed(plan: str, day: date) -> float:
    return steady(plan if day < CHANGED_ON else "BA"[plan == "B"], day)


class Broken(msgspec.Struct, frozen=True):
    """A verdict that the probabilities do not hold."""

    broken_on: date | None = LAST - 4 * MONTH
    needs_challenger: bool = True


def lives(rate: Rate, *, seed: int) -> list[tuple[str, date, date | None]]:
    """Plan, first day and end of each account: whoever leaves is followed by a new one of the same plan."""
    random = Random(seed)
    found: list[tuple[str, date, date | None]] = []
    for number in range(ACCOUNTS):
        plan, start = "AB"[number % 2], LAST - MONTHS * MONTH - timedelta(days=random.randrange(30))
        day = start
        while day < LAST:
            day += DAY
            if random.random() < rate(plan, day) / 30:
                found.append((plan, start, day))
                start = day
        found.append((plan, start, None))
    return found


def daily(number: int) -> dict[str, object]:
    """One account whose subscription is renewed every day, so that the records reach to each day."""
    day = LAST - MONTHS * MONTH + timedelta(days=number)
    return {"n": "A-0", "s": f"D-{number}", "plan": "C", "start": day, "end": day + DAY}


class Shop:
    """A workspace with such accounts, in which the time can be moved; all of its days are `later` by so many."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        workspace: Workspace,
        *,
        later: timedelta = timedelta(0),
    ) -> None:
        self.database, self.workspace, self.later = database, workspace, later
        self.clock = MovableClock(datetime.combine(CHANGED_ON + later, time(3), UTC))
        self.bus = event_bus(Runtime(self.clock, system_runtime().ids))
        self.work: TrainingContext = msgspec.structs.replace(training(database, settings), clock=self.clock)

    async def fill(self, rate: Rate) -> None:
        rows: list[dict[str, object]] = [
            {"n": f"A-{number + 1}", "s": f"S-{number}", "plan": plan, "start": start, "end": end}
            for number, (plan, start, end) in enumerate(lives(rate, seed=7))
        ]
        rows += [daily(number) for number in range((MONTHS + 3) * 30)]
        rows = [row | {name: self._moved(row[name]) for name in ("start", "end")} for row in rows]
        async with self.database.workspace(self.workspace.id) as connection, connection.cursor() as cursor:
            await cursor.executemany(
                """
                with a as (
                  insert into accounts (workspace_id, id, external_id, name)
                  values (app_workspace(), gen_random_uuid(), %(n)s, %(n)s)
                  on conflict (workspace_id, external_id) do update set name = excluded.name returning id
                )
                insert into subscriptions (workspace_id, id, external_id, account_id, plan, seats, amount, amount_per,
                                           billing_interval, currency, starts_on, ends_on, is_trial)
                select app_workspace(), gen_random_uuid(), %(s)s, a.id, %(plan)s, 1, 40, 'month', 'month', 'USD', %(start)s, %(end)s,
                       false
                from a
                """,
                rows,
            )

    def _moved(self, day: object) -> date | None:
        return day + self.later if isinstance(day, date) else None

    def go_to(self, day: date) -> None:
        self.clock.instant = datetime.combine(day + self.later, time(3), UTC)

    async def train(self) -> int:
        return (await training_service.train(self.work, workspace_id=self.workspace.id)).model.version

    async def challenge(self, **given: Any) -> Challenge:
        return await challenge(self.work, self.bus, workspace_id=self.workspace.id, **given)

    async def night(self, day: date, *, verdict: Judged | None = None) -> Run:
        self.go_to(day)
        run = await make_run(self.work, workspace_id=self.workspace.id, cause="night", night=day + self.later)
        await after_night(self.work, self.bus, run, verdict=verdict, workspace_id=self.workspace.id)
        return run

    async def verdict_of(self, day: date) -> Verdict | None:
        """What the outcomes that the records know on the day say."""
        await self.night(day - DAY)
        async with self.database.workspace(self.workspace.id) as connection:
            return await live.verdict(connection, workspace_id=self.workspace.id)

    async def models(self) -> list[TrainedModel]:
        async with self.database.workspace(self.workspace.id) as connection:
            own = {"workspace_id": self.workspace.id, "limit": 50}
            return [*(await trained.list_models(connection, None, **own)).items]  # type: ignore[arg-type]

    async def standings(self) -> dict[int, str]:
        return {each.version: each.standing for each in await self.models()}

    async def rows(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        async with self.database.workspace(self.workspace.id) as connection:
            return await (await connection.execute(statement)).fetchall()

    async def count(self, statement: LiteralString) -> int:
        [(found,)] = await self.rows(statement)
        return int(found)


@pytest.fixture
def shop(database: Database, settings_of_test: Settings, workspace: Workspace) -> Shop:
    return Shop(database, settings_of_test, workspace)


async def test_a_challenger_that_knows_the_changed_pattern_is_promoted_at_once_on_what_the_champion_had_said(
    shop: Shop,
) -> None:
    await shop.fill(changed)
    await shop.train()
    for number in range(5, 0, -1):
        await shop.night(LAST - number * MONTH)
    run = await shop.night(LAST, verdict=await shop.verdict_of(LAST))
    assert run.model_version == 1
    newest, before = await shop.models()
    assert (newest.standing, before.standing) == ("champion", "retired"), newest.standing_why
    assert newest.standing_why.startswith("Model 2 won against model 1: its log loss was lower by ")
    assert newest.comparison is not None
    assert (newest.comparison.by, newest.comparison.champion) == ("held_out", 1)
    assert newest.comparison.days == 6
    assert await shop.count("select count(*) from due_work where kind = 'churn.import'") == 1
    assert (await shop.night(LAST + DAY, verdict=Broken())).model_version == 2
    assert await shop.standings() == {2: "champion", 1: "retired"}


async def test_a_challenger_of_a_steady_shop_is_tied_and_retired_and_trained_once_a_break(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The test above climbs the whole ladder.
    monkeypatch.setattr(challenging, "RUNGS", ("base_rate", USUAL_RUNG))
    await shop.fill(steady)
    await shop.train()
    for number in range(5, 0, -1):
        await shop.night(LAST - number * MONTH)
    await shop.night(LAST, verdict=Broken())
    newest, champion = await shop.models()
    assert (newest.standing, champion.standing) == ("retired", "champion"), newest.standing_why
    assert "are tied, so that model 1 stays" in newest.standing_why
    await shop.night(LAST + 2 * MONTH, verdict=Broken())
    assert await shop.standings() == {2: "retired", 1: "champion"}


async def test_a_challenger_waits_beside_the_champion_until_enough_of_both_scores_can_be_judged(
    shop: Shop,
) -> None:
    await shop.fill(changed)
    await shop.train()
    shop.go_to(LAST - 3 * MONTH)
    waiting = await shop.challenge()
    assert (waiting.is_promoted, waiting.comparison) == (False, None)
    assert waiting.statement.startswith("It is scored every night beside model 1, and compared with it once")
    for days in (89, 75, 61):
        run = await shop.night(LAST - timedelta(days=days), verdict=Broken())
        assert run.model_version == 1
    assert await shop.count("select count(*) from churn_shadow_scores") == 3 * (ACCOUNTS + 1)
    assert await shop.standings() == {2: "challenger", 1: "champion"}
    await shop.night(LAST - DAY)
    newest, _ = await shop.models()
    assert newest.standing == "champion", newest.standing_why
    assert newest.comparison is not None
    assert (newest.comparison.by, newest.comparison.days) == ("shadow", 3)
    assert await shop.count("select count(*) from churn_shadow_scores") == 0


async def test_a_challenger_has_to_ask_what_the_champion_was_asked(shop: Shop) -> None:
    await shop.fill(steady)
    await shop.train()
    with pytest.raises(OtherQuestion):
        await shop.challenge(question=Question(horizon_days=60))
    assert await shop.standings() == {1: "champion"}

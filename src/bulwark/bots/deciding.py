"""What a bot does next, by its habits: look at a few places and towers, judge them more or less well, choose one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple, TypeVar

from bulwark.bots.habits import Habits, habits
from bulwark.bots.planning import Plan
from bulwark.bots.scouting import Scout
from bulwark.bots.worth import Forecast, forecast
from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Command, Sell, StartWave, Target, Upgrade
from bulwark.sim.engine import Engine
from bulwark.sim.layout import score
from bulwark.sim.match import Match
from bulwark.sim.randomness import hash32

EVERY_KIND = tuple(range(len(rules.TOWERS)))
_DECISIONS = 1  # what the randomness is for
_NEAR = 2  # cells beside a way that are worth a look
_PATIENCE = 0.8  # what has to be saved for is worth so much of what can be had now
_FIRST_WAVE = 45 * rules.TICKS_PER_SECOND  # by then even who is undecided lets them come
_TENDING = 0.15  # so many decisions begin with a look at what stands
_PANIC = 0.2  # so many blunders there are of the kind that gives up a good tower
_MARKSMAN = (0, 3)  # the bolt's branch of few heavy shots
_LONGEST_WALL = 5
T = TypeVar("T")


class Option(NamedTuple):
    """Something to buy, and what it is worth for its price as far as the bot can tell."""

    commands: Sequence[Build | Upgrade]
    price: int
    value: float


class Decider:
    """A bot at a match. It reads the state as a player sees it, and changes nothing."""

    def __init__(
        self, match: Match, *, seed: int, skill: float, kinds: Sequence[int], engine: Engine
    ) -> None:
        self.due = 0
        self._match = match
        self._habits: Habits = habits(skill)
        self._kinds = kinds
        self._random = Random(hash32(seed & 0xFFFFFFFF, 0, _DECISIONS))  # noqa: S311  a bot, not a secret
        self._scout = Scout(match.game_map, engine=engine)
        self._blocked = bytes(match.blocked)
        self._intended: list[Build | Upgrade] = []
        self._refused: set[Command] = set()
        self._wanted = 0
        self._seen: Plan | None = None
        self._foreseen, self._forecast = 0, self._foresee()

    def decide(self) -> Command | None:
        """The next command, or None; `due` is the tick in which to ask again."""
        match = self._match
        pause = self._habits.pause
        self.due = match.tick + pause * 3 // 4 + int(self._random.random() * pause / 2)
        if match.wave > 0 and not match.auto_start:
            return AutoStart(1)
        command = self._tend() if self._chance(_TENDING) else None
        if command is None and match.gold >= self._wanted:
            command = self._buy()
        if command is None and match.wave == 0 and (self._wanted > match.gold or match.tick > _FIRST_WAVE):
            return StartWave()
        return command

    def refused(self, command: Command) -> None:
        """Learn that the command cannot be carried out, and think again at once."""
        self._refused.add(command)
        self._wanted = 0
        self.due = self._match.tick

    def _buy(self) -> Command | None:
        """The next step of what is intended; where nothing is, the best that can be thought of."""
        if not self._intended:
            best = self._best()
            if best is None:
                self._wanted = self._match.gold + 10
                return None
            self._wanted = best.price
            if best.price > self._match.gold:
                return None
            self._intended = list(best.commands)
        price = self._price(self._intended[0])
        self._wanted = price if price > self._match.gold else 0
        return self._intended.pop(0) if price <= self._match.gold else None

    def _price(self, command: Build | Upgrade) -> int:
        if isinstance(command, Build):
            return self._match.price(command.kind)
        return self._match.upgrade_price(command.uid, command.branch)

    def _best(self) -> Option | None:
        plan = self._plan()
        if self._chance(self._habits.blunder):
            return self._blunder(plan)
        options = [*self._places(plan), *self._walls(plan), *self._upgrades(plan)]
        options = [option for option in options if self._refused.isdisjoint(option.commands)]
        return max(options, key=lambda option: option.value, default=None)

    def _plan(self) -> Plan:
        match = self._match
        for cell, (before, now) in enumerate(zip(self._blocked, match.blocked, strict=True)):
            if before != now:
                self._scout.close(cell, blocked=bool(now))
        self._blocked = bytes(match.blocked)
        if self._foreseen != match.wave:
            self._foreseen = match.wave
            self._forecast = self._foresee()
        self._seen = Plan(match, self._scout, coming=self._forecast)
        return self._seen

    def _foresee(self) -> Forecast:
        match = self._match
        at = min(match.wave, match.wave_count - 1)
        until = min(at + self._habits.ahead, match.wave_count)
        waves = [(number, match.game_map.waves[number]) for number in range(at, until)]
        return forecast(waves, hp_percent=int(match.world.score[score.HP_PERCENT]))

    def _places(self, plan: Plan) -> Iterator[Option]:
        near = plan.near_way(within=_NEAR)
        for _ in range(self._habits.looks):
            yield from self._options(plan, [self._one_of(near)])

    def _walls(self, plan: Plan) -> Iterator[Option]:
        """Lines of towers across a way, by which it becomes longer."""
        for _ in range(self._habits.looks):
            if not self._chance(self._habits.mazing):
                continue
            way = self._one_of(plan.ways)
            middle = self._one_of(way)
            step = self._one_of((1, self._match.game_map.stride))
            length = 1 + int(self._random.random() * _LONGEST_WALL)
            start = middle - step * int(self._random.random() * length)
            yield from self._options(plan, [start + step * n for n in range(length)])

    def _options(self, plan: Plan, cells: Sequence[int]) -> Iterator[Option]:
        """A tower of each kind in those of the cells where one may stand."""
        game_map = self._match.game_map
        cells = [cell for cell in cells if self._is_free(cell)]
        traffic = plan.turned(cells) if cells else None
        if traffic is None:
            return
        places = [game_map.position(cell) for cell in cells]
        turned = plan.turn_gain(traffic) if traffic is not plan.walked else 0.0
        for kind in self._kinds:
            price = self._match.price(kind) * len(cells)
            total = turned + sum(plan.build_gain(kind, cell, traffic=traffic) for cell in cells)
            builds = [Build(kind, column, row) for column, row in places]
            yield Option(builds, price, self._judged(total, price))

    def _is_free(self, cell: int) -> bool:
        game_map = self._match.game_map
        return (
            0 <= cell < len(self._blocked)
            and not self._blocked[cell]
            and game_map.buildable(*game_map.position(cell))
        )

    def _upgrades(self, plan: Plan) -> Iterator[Option]:
        for standing in plan.towers:
            if not self._chance(self._habits.tending):
                continue
            for branch, variant in enumerate(rules.branches(standing.variant)):
                price = rules.tower_rule(standing.kind, variant).cost
                gain = plan.upgrade_gain(standing, variant)
                yield Option([Upgrade(standing.uid, branch)], price, self._judged(gain, price))

    def _blunder(self, plan: Plan) -> Option:
        """Any tower at any place in sight of a way."""
        kind = self._one_of(self._kinds)
        cell = self._one_of(plan.near_way(within=3 * _NEAR))
        return Option([Build(kind, *self._match.game_map.position(cell))], self._match.price(kind), 0.0)

    def _tend(self) -> Command | None:
        """See to one of the towers that stand: sell what reaches nothing, let a marksman take the strongest."""
        if self._seen is None or not self._seen.towers:
            return None
        standing = self._one_of(self._seen.towers)
        if self._chance(self._habits.blunder * _PANIC):
            return Sell(standing.uid)
        if not self._chance(self._habits.tending):
            return None
        if not self._seen.reaches_anything(standing):
            return Sell(standing.uid)
        if (standing.kind, standing.variant) == _MARKSMAN and standing.targeting != rules.STRONG:
            return Target(standing.uid, rules.STRONG)
        return None

    def _judged(self, gain: float, price: int) -> float:
        """What a gain is taken for, a piece of gold; what cannot be paid yet is worth less."""
        gold = self._match.gold
        patience = 1.0 if price <= gold else _PATIENCE * gold / price
        return gain * patience / price * (1.0 + self._habits.doubt * (2.0 * self._random.random() - 1.0))

    def _chance(self, odds: float) -> bool:
        return self._random.random() < odds

    def _one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self._random.random() * len(choices))]

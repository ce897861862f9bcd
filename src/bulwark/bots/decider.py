"""How a bot decides, following its habits: consider a few places and towers, rate them more or less well, choose one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple, TypeVar

from bulwark.bots.forecast import Forecast, forecast
from bulwark.bots.habits import Habits, habits
from bulwark.bots.plan import Plan
from bulwark.bots.scout import Scout
from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Command, Sell, StartWave, Target, Upgrade
from bulwark.sim.engine import Engine
from bulwark.sim.layout import score
from bulwark.sim.match import Match
from bulwark.sim.randomness import hash32

EVERY_KIND = tuple(range(len(rules.TOWERS)))
_DECISIONS = 1  # purpose of the randomness
_NEAR = 2  # cells beside a path that are worth considering
_PATIENCE = 0.8  # the value of what must be saved for, relative to what can be bought now
_FIRST_WAVE = 45 * rules.TICKS_PER_SECOND  # by then even an undecided bot starts
_TENDING_SHARE = 0.15  # share of decisions that start with the existing towers
_PANIC_SHARE = 0.2  # share of blunders that sell a good tower
_LONGBOW = (0, 3)  # the bolt branch with few heavy shots
_MAX_WALL = 5
T = TypeVar("T")


class Option(NamedTuple):
    """Something to buy, and its value per gold as the bot estimates it."""

    commands: Sequence[Build | Upgrade]
    price: int
    value: float


class Decider:
    """A bot in a match. It reads the state as a player sees it, and does not change it."""

    def __init__(
        self, match: Match, *, seed: int, skill: float, kinds: Sequence[int], engine: Engine
    ) -> None:
        self.next_tick = 0
        self._match = match
        self._habits: Habits = habits(skill)
        self._kinds = kinds
        self._random = Random(hash32(seed & 0xFFFFFFFF, 0, _DECISIONS))  # noqa: S311  a bot, not a secret
        self._scout = Scout(match.game_map, engine=engine)
        self._blocked = bytes(match.blocked)
        self._purchases: list[Build | Upgrade] = []
        self._refused: set[Command] = set()
        self._wanted = 0
        self._last_plan: Plan | None = None
        self._forecast_wave, self._forecast = 0, self._make_forecast()

    def decide(self) -> Command | None:
        """The next command, or None; `next_tick` is when to ask again."""
        match = self._match
        pause = self._habits.pause
        self.next_tick = match.tick + pause * 3 // 4 + int(self._random.random() * pause / 2)
        if match.wave > 0 and not match.auto_start:
            return AutoStart(1)
        command = self._tend() if self._chance(_TENDING_SHARE) else None
        if command is None and match.gold >= self._wanted:
            command = self._buy()
        if command is None and match.wave == 0 and (self._wanted > match.gold or match.tick > _FIRST_WAVE):
            return StartWave()
        return command

    def on_refusal(self, command: Command) -> None:
        """Note that the command was refused, and decide again immediately."""
        self._refused.add(command)
        self._wanted = 0
        self.next_tick = self._match.tick

    def _buy(self) -> Command | None:
        """The next step of the planned purchases; if there are none, plan the best one."""
        if not self._purchases:
            best = self._best()
            if best is None:
                self._wanted = self._match.gold + 10
                return None
            self._wanted = best.price
            if best.price > self._match.gold:
                return None
            self._purchases = list(best.commands)
        price = self._price(self._purchases[0])
        self._wanted = price if price > self._match.gold else 0
        return self._purchases.pop(0) if price <= self._match.gold else None

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
                self._scout.set_blocked(cell, blocked=bool(now))
        self._blocked = bytes(match.blocked)
        if self._forecast_wave != match.wave:
            self._forecast_wave = match.wave
            self._forecast = self._make_forecast()
        self._last_plan = Plan(match, self._scout, coming=self._forecast)
        return self._last_plan

    def _make_forecast(self) -> Forecast:
        match = self._match
        at = min(match.wave, match.wave_count - 1)
        until = min(at + self._habits.ahead, match.wave_count)
        waves = [(number, match.game_map.waves[number]) for number in range(at, until)]
        return forecast(waves, hp_percent=int(match.world.score[score.HP_PERCENT]))

    def _places(self, plan: Plan) -> Iterator[Option]:
        near = plan.near_paths(within=_NEAR)
        for _ in range(self._habits.candidates):
            yield from self._options(plan, [self._one_of(near)])

    def _walls(self, plan: Plan) -> Iterator[Option]:
        """Lines of towers across a path, which make it longer."""
        for _ in range(self._habits.candidates):
            if not self._chance(self._habits.mazing):
                continue
            path = self._one_of(plan.paths)
            middle = self._one_of(path)
            step = self._one_of((1, self._match.game_map.stride))
            length = 1 + int(self._random.random() * _MAX_WALL)
            start = middle - step * int(self._random.random() * length)
            yield from self._options(plan, [start + step * n for n in range(length)])

    def _options(self, plan: Plan, cells: Sequence[int]) -> Iterator[Option]:
        """A tower of each kind on those of the cells that are free."""
        game_map = self._match.game_map
        cells = [cell for cell in cells if self._is_free(cell)]
        traffic = plan.rerouted(cells) if cells else None
        if traffic is None:
            return
        places = [game_map.position(cell) for cell in cells]
        rerouted = plan.reroute_gain(traffic) if traffic is not plan.traffic_now else 0.0
        for kind in self._kinds:
            price = self._match.price(kind) * len(cells)
            gain = rerouted + sum(plan.build_gain(kind, cell, traffic=traffic) for cell in cells)
            builds = [Build(kind, column, row) for column, row in places]
            yield Option(builds, price, self._rated(gain, price))

    def _is_free(self, cell: int) -> bool:
        game_map = self._match.game_map
        return (
            0 <= cell < len(self._blocked)
            and not self._blocked[cell]
            and game_map.buildable(*game_map.position(cell))
        )

    def _upgrades(self, plan: Plan) -> Iterator[Option]:
        for placed in plan.towers:
            if not self._chance(self._habits.tending):
                continue
            for branch, variant in enumerate(rules.branches(placed.variant)):
                price = rules.tower_rule(placed.kind, variant).cost
                gain = plan.upgrade_gain(placed, variant)
                yield Option([Upgrade(placed.uid, branch)], price, self._rated(gain, price))

    def _blunder(self, plan: Plan) -> Option:
        """Any tower anywhere near a path."""
        kind = self._one_of(self._kinds)
        cell = self._one_of(plan.near_paths(within=3 * _NEAR))
        return Option([Build(kind, *self._match.game_map.position(cell))], self._match.price(kind), 0.0)

    def _tend(self) -> Command | None:
        """Look after one of the existing towers: sell it if it reaches nothing, let a longbow target the strongest."""
        if self._last_plan is None or not self._last_plan.towers:
            return None
        placed = self._one_of(self._last_plan.towers)
        if self._chance(self._habits.blunder * _PANIC_SHARE):
            return Sell(placed.uid)
        if not self._chance(self._habits.tending):
            return None
        if not self._last_plan.reaches_anything(placed):
            return Sell(placed.uid)
        if (placed.kind, placed.variant) == _LONGBOW and placed.targeting != rules.STRONG:
            return Target(placed.uid, rules.STRONG)
        return None

    def _rated(self, gain: float, price: int) -> float:
        """The estimated gain per gold; what cannot be paid yet is worth less."""
        gold = self._match.gold
        patience = 1.0 if price <= gold else _PATIENCE * gold / price
        return gain * patience / price * (1.0 + self._habits.doubt * (2.0 * self._random.random() - 1.0))

    def _chance(self, odds: float) -> bool:
        return self._random.random() < odds

    def _one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self._random.random() * len(choices))]

"""A match: what a player, a bot or a test holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulwark.sim import hashing, orders, rules
from bulwark.sim.commands import Command, Reason, Refusal
from bulwark.sim.engine import INTERPRETED, Engine, forget_events
from bulwark.sim.layout import ground, score, shape, tower
from bulwark.sim.maps import Group, Map
from bulwark.sim.orders import carry_out, index_of_tower
from bulwark.sim.restoring import fill
from bulwark.sim.route import smoothed, way
from bulwark.sim.world import Table, World, make_world

CORE_VERSION = 2  # raised with every change after which a recorded match would go another way


class Match:
    """A match on a map. The same map, seed, difficulty and commands give the same match, everywhere.

    Drawing reads the tables and never changes them; `events` tells what happened in the last tick.
    """

    def __init__(self, played: Map, world: World, *, engine: Engine = INTERPRETED) -> None:
        self.played = played
        self.world = world
        self.closed = bytearray(played.blocked)
        self._engine = engine

    @classmethod
    def begin(
        cls,
        played: Map,
        *,
        seed: int,
        difficulty: int = 1,
        hp_percent: int = 100,
        engine: Engine = INTERPRETED,
    ) -> Match:
        """A match before its first wave. `hp_percent` makes creeps weaker or tougher beyond the difficulty."""
        match = cls(played, make_world(played, make=engine.make), engine=engine)
        chosen = rules.DIFFICULTY_RULES[difficulty]
        numbers = match.world.score
        numbers[score.SEED] = seed & 0xFFFFFFFF
        numbers[score.DIFFICULTY] = difficulty
        numbers[score.HP_PERCENT] = chosen.hp * hp_percent // 100
        numbers[score.GOLD] = played.gold * chosen.gold // 100
        numbers[score.LIVES] = max(played.lives * chosen.lives // 100, 1)
        numbers[score.NEXT_UID] = 1
        numbers[score.COUNTDOWN] = -1
        match.measure()
        return match

    @classmethod
    def restore(
        cls, played: Map, exported: Mapping[str, Sequence[int]], *, engine: Engine = INTERPRETED
    ) -> Match:
        """The match that `export` gave. Raises SaveError naming the column that does not fit."""
        match = cls(played, make_world(played, make=engine.make), engine=engine)
        fill(match.world, exported, played=played)
        for t in range(match.tower_count):
            x, y = int(match.towers[tower.X][t]), int(match.towers[tower.Y][t])
            match.closed[y // rules.CELL * played.stride + x // rules.CELL] = 1
        match.measure()
        return match

    def export(self) -> dict[str, list[int]]:
        """The whole state, a list a column: what `restore` takes."""
        return {name: [int(number) for number in column] for name, column in hashing.columns(self.world)}

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """One tick: carry out the commands in their order, then the five phases; what was refused, and why.

        A match that is over stands still.
        """
        forget_events(self.world)
        reasons = [(command, carry_out(self, command)) for command in commands]
        if self.outcome == score.PLAYING:
            self._engine.tick(self.world)
        return [Refusal(command, reason) for command, reason in reasons if reason is not None]

    def refusal(self, command: Command) -> Reason | None:
        """What `step` would answer to the command now, without a change of anything."""
        return orders.refusal(self, command)

    def begin_wave(self) -> None:
        """Begin the next wave; `StartWave` does it for players."""
        self._engine.begin_wave(self.world)

    def measure(self) -> None:
        """Measure the flow field anew, after a change of the closed cells."""
        blocked = self.world.ground[ground.BLOCKED]
        for cell, closed in enumerate(self.closed):
            blocked[cell] = closed
        self._engine.flood(self.world)

    def way(self, spawn: int) -> list[tuple[int, int]]:
        """The middles of the cells by which a walking creep gets from a way in to the goal: the scout's way."""
        goal = self.world.shape[shape.GOAL]
        cells = way(
            self.closed,
            self.played.stride,
            start=self.played.cell(*self.played.spawns[spawn]),
            goal=int(goal),
        )
        return [self.played.centre(cell) for cell in smoothed(cells, self.closed, stride=self.played.stride)]

    def next_wave(self) -> Sequence[Group]:
        """The groups of the wave to come; empty after the last."""
        return self.played.waves[self.wave] if self.wave < len(self.played.waves) else ()

    def price(self, kind: int) -> int:
        """What building a tower costs."""
        return rules.tower_row(kind, 0).cost

    def upgrade_price(self, uid: int, branch: int = 0) -> int:
        """What the next step of a tower costs."""
        return orders.upgrade_price(self.world, index_of_tower(self.world, uid), branch)

    def refund(self, uid: int) -> int:
        """What selling a tower would give."""
        return orders.refund(self.world, index_of_tower(self.world, uid))

    def state_hash(self) -> str:
        """16 hexadecimal digits that two equal matches share."""
        return hashing.state_hash(self.world)

    def column_hashes(self) -> Mapping[str, str]:
        """A hash of each column, to tell where two matches differ."""
        return hashing.column_hashes(self.world)

    @property
    def tick(self) -> int:
        """Ticks played; 30 are a second."""
        return int(self.world.score[score.TICK])

    @property
    def gold(self) -> int:
        """What can be spent."""
        return int(self.world.score[score.GOLD])

    @property
    def lives(self) -> int:
        """How much may still reach the goal."""
        return int(self.world.score[score.LIVES])

    @property
    def wave(self) -> int:
        """How many waves have begun."""
        return int(self.world.score[score.WAVE])

    @property
    def waves(self) -> int:
        """How many there are."""
        return len(self.played.waves)

    @property
    def outcome(self) -> int:
        """score.PLAYING, WON or LOST."""
        return int(self.world.score[score.OUTCOME])

    @property
    def auto_start(self) -> bool:
        """Whether waves begin by themselves."""
        return bool(self.world.score[score.AUTO_START])

    @property
    def countdown(self) -> int:
        """Ticks until the next wave; -1 where it waits for the player."""
        return int(self.world.score[score.COUNTDOWN])

    @property
    def creep_count(self) -> int:
        """Rows of `creeps` that are alive."""
        return int(self.world.score[score.CREEPS])

    @property
    def tower_count(self) -> int:
        """Rows of `towers` that stand."""
        return int(self.world.score[score.TOWERS])

    @property
    def shell_count(self) -> int:
        """Rows of `shells` that fly."""
        return int(self.world.score[score.SHELLS])

    @property
    def event_count(self) -> int:
        """Rows of `events` of the last tick."""
        return int(self.world.score[score.EVENTS])

    @property
    def creeps(self) -> Table:
        """Columns by layout.creep."""
        return self.world.creeps

    @property
    def towers(self) -> Table:
        """Columns by layout.tower."""
        return self.world.towers

    @property
    def shells(self) -> Table:
        """Columns by layout.shell."""
        return self.world.shells

    @property
    def events(self) -> Table:
        """Columns by layout.event."""
        return self.world.events

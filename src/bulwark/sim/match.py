"""A match: the core's interface for players, bots and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulwark.sim import execution, hashing, rules
from bulwark.sim.commands import Command, Reason, Refusal
from bulwark.sim.engine import INTERPRETED, Engine, clear_events
from bulwark.sim.execution import execute, index_of_tower
from bulwark.sim.layout import creep, ground, score, tower
from bulwark.sim.maps import Group, Map
from bulwark.sim.phases.moving import separate
from bulwark.sim.phases.spawning import full_health
from bulwark.sim.restore import fill
from bulwark.sim.walking import paths
from bulwark.sim.world import Table, World, build_world, lists

CORE_VERSION = 3  # incremented with every change that would make a recorded match diverge


class Match:
    """A match on a map. The same map, seed, difficulty and commands give the same match on every machine.

    Renderers read the tables and never change them; `events` contains what happened in the last tick.
    """

    def __init__(self, game_map: Map, world: World, *, engine: Engine = INTERPRETED) -> None:
        self.game_map = game_map
        self.world = world
        self.blocked = bytearray(game_map.blocked)
        self._engine = engine

    @classmethod
    def begin(
        cls,
        game_map: Map,
        *,
        seed: int,
        difficulty: int = 1,
        hp_percent: int = 100,
        engine: Engine = INTERPRETED,
    ) -> Match:
        """A match before its first wave. `hp_percent` makes creeps weaker or tougher on top of the difficulty."""
        match = cls(game_map, build_world(game_map, make=engine.make), engine=engine)
        chosen = rules.DIFFICULTY_RULES[difficulty]
        numbers = match.world.score
        numbers[score.SEED] = seed & 0xFFFFFFFF
        numbers[score.DIFFICULTY] = difficulty
        numbers[score.HP_PERCENT] = chosen.hp * hp_percent // 100
        numbers[score.GOLD] = game_map.gold * chosen.gold // 100
        numbers[score.LIVES] = max(game_map.lives * chosen.lives // 100, 1)
        numbers[score.NEXT_UID] = 1
        numbers[score.COUNTDOWN] = -1
        match.update_flow_field()
        return match

    @classmethod
    def restore(
        cls, game_map: Map, exported: Mapping[str, Sequence[int]], *, engine: Engine = INTERPRETED
    ) -> Match:
        """The match exported by `export`. Raises SaveError naming the column that is invalid."""
        match = cls(game_map, build_world(game_map, make=engine.make), engine=engine)
        fill(match.world, exported, game_map=game_map)
        for t in range(match.tower_count):
            x, y = int(match.towers[tower.X][t]), int(match.towers[tower.Y][t])
            match.blocked[y // rules.CELL * game_map.stride + x // rules.CELL] = 1
        match.update_flow_field()
        return match

    def export(self) -> dict[str, list[int]]:
        """The whole state, one list per column: the input of `restore`."""
        return {name: [int(number) for number in column] for name, column in hashing.columns(self.world)}

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """Play one tick: execute the commands in order, then the five phases; returns the refused commands.

        A match that is over does not change.
        """
        clear_events(self.world)
        reasons = [(command, execute(self, command)) for command in commands]
        if self.outcome == score.PLAYING:
            self._engine.tick(self.world)
        return [Refusal(command, reason) for command, reason in reasons if reason is not None]

    def refusal(self, command: Command) -> Reason | None:
        """Why `step` would refuse the command now, or None; changes nothing."""
        return execution.refusal(self, command)

    def begin_wave(self) -> None:
        """Start the next wave; players do so by `StartWave`."""
        self._engine.begin_wave(self.world)

    def update_flow_field(self) -> None:
        """Recompute the flow field after the blocked cells have changed."""
        column = self.world.ground[ground.BLOCKED]
        for cell, blocked in enumerate(self.blocked):
            column[cell] = blocked
        self._engine.flood(self.world)

    def paths(self, *, around: tuple[int, int] | None = None) -> list[list[tuple[int, int]]]:
        """The cell centres that walking creeps cross from each spawn to the goal, as they are now or around one more tower."""
        closed = () if around is None else (self.game_map.cell(*around),)
        walked = paths(self.world, self.game_map, closed=closed)
        return [[self.game_map.centre(cell) for cell in cells] for cells in walked]

    def pushes(self) -> list[tuple[int, int]]:
        """How overlapping bodies push each creep as they stand now, in 1/256 unit per tick; changes nothing."""
        copy = self.world._replace(creeps=lists(self.creeps), ground=lists(self.world.ground))
        separate(copy)
        columns = (copy.creeps[column][: self.creep_count] for column in (creep.PUSH_X, creep.PUSH_Y))
        return list(zip(*columns, strict=True))

    def next_wave(self) -> Sequence[Group]:
        """The groups of the next wave; empty after the last."""
        return self.game_map.waves[self.wave] if self.wave < len(self.game_map.waves) else ()

    def next_health(self, kind: int) -> int:
        """The health that a creep of the kind has in the next wave."""
        return int(full_health(self.world, kind, self.wave))

    def price(self, kind: int) -> int:
        """The price of a new tower."""
        return rules.tower_rule(kind, 0).cost

    def upgrade_price(self, uid: int, branch: int = 0) -> int:
        """The price of a tower's next upgrade."""
        return execution.upgrade_price(self.world, index_of_tower(self.world, uid), branch)

    def early_bonus(self) -> int:
        """The gold for starting the next wave now."""
        return execution.early_bonus(self.world)

    def refund(self, uid: int) -> int:
        """The gold for selling a tower."""
        return execution.refund(self.world, index_of_tower(self.world, uid))

    def state_hash(self) -> str:
        """16 hexadecimal digits that are equal for equal matches."""
        return hashing.state_hash(self.world)

    def column_hashes(self) -> Mapping[str, str]:
        """A hash of each column, to find where two matches differ."""
        return hashing.column_hashes(self.world)

    @property
    def tick(self) -> int:
        """Ticks played, 30 per second."""
        return int(self.world.score[score.TICK])

    @property
    def gold(self) -> int:
        """The gold available."""
        return int(self.world.score[score.GOLD])

    @property
    def lives(self) -> int:
        """The lives left."""
        return int(self.world.score[score.LIVES])

    @property
    def wave(self) -> int:
        """How many waves have started."""
        return int(self.world.score[score.WAVE])

    @property
    def wave_count(self) -> int:
        """The number of waves."""
        return len(self.game_map.waves)

    @property
    def outcome(self) -> int:
        """score.PLAYING, WON or LOST."""
        return int(self.world.score[score.OUTCOME])

    @property
    def auto_start(self) -> bool:
        """Whether waves start by themselves."""
        return bool(self.world.score[score.AUTO_START])

    @property
    def tweaked(self) -> bool:
        """Whether a physical constant was changed: then the result does not count."""
        return bool(self.world.score[score.TWEAKED])

    @property
    def countdown(self) -> int:
        """Ticks until the next wave; -1 if it waits for the player."""
        return int(self.world.score[score.COUNTDOWN])

    @property
    def creep_count(self) -> int:
        """Rows of `creeps` in use."""
        return int(self.world.score[score.CREEPS])

    @property
    def tower_count(self) -> int:
        """Rows of `towers` in use."""
        return int(self.world.score[score.TOWERS])

    @property
    def shell_count(self) -> int:
        """Rows of `shells` in use."""
        return int(self.world.score[score.SHELLS])

    @property
    def event_count(self) -> int:
        """Rows of `events` from the last tick."""
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

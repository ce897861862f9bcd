"""The game's rules in idiomatic esper: the baseline for the core's speed.

Five phases as in `bulwark.sim`, each of one or more processors; the state hash proves that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt

import esper

from benchmarks.game.esper_components import (
    Chill,
    Creep,
    CreepEntry,
    Effects,
    Game,
    Group,
    Health,
    Position,
    Velocity,
    create_creep,
    open_game,
)
from benchmarks.game.esper_resolving import EndProcessor, RemovalProcessor, SurvivorProcessor
from benchmarks.game.esper_towers import FiringProcessor, FlyingProcessor, HealingProcessor
from bulwark.sim import rules
from bulwark.sim.flow_field import heading, touches
from bulwark.sim.layout import creep_rule, event, ground, physics, score, shape
from bulwark.sim.layout.tower_rule import AIR
from bulwark.sim.maps import Map
from bulwark.sim.randomness import hash32
from bulwark.sim.rules import CELL

_MAX_STEP = 400
_SCATTER = 255


def begin(game_map: Map, state: Mapping[str, Sequence[int]]) -> Game:
    """The game of an exported match in esper's current world; `esper.process()` plays a tick."""
    for processor in list(esper._processors):  # noqa: SLF001  there is no public access
        esper.remove_processor(type(processor))
    game = open_game(game_map, state)
    processors = (
        SpawningProcessor, SteeringProcessor, SlidingProcessor, SeparatingProcessor, FiringProcessor, HealingProcessor,
        FlyingProcessor, RemovalProcessor, SurvivorProcessor, EndProcessor,
    )  # fmt: skip
    for processor_type in processors:
        esper.add_processor(processor_type(game))
    return game


class SpawningProcessor(esper.Processor):
    """Waves start, and their creeps spawn."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Count down, and spawn each creep that is due."""
        numbers = self.game.numbers
        self.game.events.clear()
        if numbers[score.BREAK] > 0 and numbers[score.CLEARED] == numbers[score.WAVE]:
            numbers[score.BREAK] -= 1
        if numbers[score.COUNTDOWN] > 0:
            numbers[score.COUNTDOWN] -= 1
            if numbers[score.COUNTDOWN] == 0:
                self._begin_wave()
        for number, group in enumerate(self.game.groups):
            if group.started < 0 or group.spawned >= group.count:
                continue
            if numbers[score.TICK] >= group.started + group.delay + group.spawned * group.gap:
                self._spawn_creep(group, number)
                group.spawned += 1

    def _begin_wave(self) -> None:
        numbers = self.game.numbers
        for group in self.game.groups:
            if group.wave == numbers[score.WAVE]:
                group.started = numbers[score.TICK]
        numbers[score.WAVE] += 1
        numbers[score.COUNTDOWN] = -1
        numbers[score.BREAK] = rules.COUNTDOWN_TICKS

    def _spawn_creep(self, group: Group, number: int) -> None:
        numbers, game_map = self.game.numbers, self.game.game_map
        x, y = game_map.centre(game_map.cell(*game_map.spawns[group.spawn]))
        bits = hash32(numbers[score.SEED], numbers[score.TICK], number)
        hp = rules.creep_rule(group.kind).hp * (100 + rules.HP_PERCENT_PER_WAVE * group.wave)
        hp = max(hp * numbers[score.HP_PERCENT] // 10_000, 1)
        x += (bits & _SCATTER) - _SCATTER // 2
        y += ((bits >> 8) & _SCATTER) - _SCATTER // 2
        uid = numbers[score.NEXT_UID]
        create_creep(Creep(uid, group.kind, rules.creep_rule(group.kind)), Position(x, y), Health(hp, hp))
        numbers[score.NEXT_UID] += 1
        numbers[score.CREEPS] += 1
        self.game.events.append((event.SPAWNED, x, y, group.kind, uid))


class SteeringProcessor(esper.Processor):
    """Velocities towards the goal."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Steer along the flow field, or straight for flyers."""
        field = self.game.tables
        direction = field.ground[ground.DIRECTION]
        across, down = field.headings
        stride = self.game.game_map.stride
        goal_x, goal_y = field.shape[shape.GOAL_X], field.shape[shape.GOAL_Y]
        acceleration, drag = field.physics[physics.ACCELERATION], field.physics[physics.DRAG]
        centring = field.physics[physics.CENTRING]
        for _, (creep, position, velocity, chill) in esper.get_components(Creep, Position, Velocity, Chill):
            speed = creep.rule.speed
            if chill.ticks > 0:
                chill.ticks -= 1
                speed = speed * (100 - chill.percent) // 100
            x, y = position.x, position.y
            if creep.rule.layer == AIR:
                dx, dy = goal_x - x, goal_y - y
                distance = isqrt(dx * dx + dy * dy) + 1
                want_x, want_y = dx * speed // distance, dy * speed // distance
            else:
                cell = (y >> 10) * stride + (x >> 10)
                if cell != creep.leg:
                    if touches(field, creep.leg, cell):
                        cell = creep.leg
                    else:
                        creep.leg = cell
                to = direction[cell]
                if to < 0:
                    to = heading(field, cell)
                want_x, want_y = across[to] * speed >> 10, down[to] * speed >> 10
                if down[to] == 0:
                    want_y = ((CELL >> 1) - (y & (CELL - 1))) * centring
                elif across[to] == 0:
                    want_x = ((CELL >> 1) - (x & (CELL - 1))) * centring
            velocity.x += (want_x * acceleration - velocity.x * drag) >> 5
            velocity.y += (want_y * acceleration - velocity.y * drag) >> 5


class SlidingProcessor(esper.Processor):
    """Positions, one axis at a time; creeps bounce off walls."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Move every creep by its velocity."""
        blocked = self.game.tables.ground[ground.BLOCKED]
        stride = self.game.game_map.stride
        right = (stride - 1) * CELL - 1
        bottom = (self.game.game_map.height + 1) * CELL - 1
        for _, (creep, position, velocity) in esper.get_components(Creep, Position, Velocity):
            x, y = position.x, position.y
            step_x, step_y = (velocity.x + 128) >> 8, (velocity.y + 128) >> 8
            if not -_MAX_STEP <= step_x <= _MAX_STEP:
                step_x = _MAX_STEP if step_x > 0 else -_MAX_STEP
            if not -_MAX_STEP <= step_y <= _MAX_STEP:
                step_y = _MAX_STEP if step_y > 0 else -_MAX_STEP
            if creep.rule.layer == AIR:
                position.x = min(max(x + step_x, CELL), right)
                position.y = min(max(y + step_y, CELL), bottom)
                continue
            body = creep.rule.radius
            edge = x + step_x + (body if step_x > 0 else -body)
            if step_x != 0 and blocked[(y >> 10) * stride + (edge >> 10)]:
                velocity.x = -(velocity.x >> 1)
            else:
                x += step_x
                position.x = x
            edge = y + step_y + (body if step_y > 0 else -body)
            if step_y != 0 and blocked[(edge >> 10) * stride + (x >> 10)]:
                velocity.y = -(velocity.y >> 1)
            else:
                position.y = y + step_y


class SeparatingProcessor(esper.Processor):
    """Overlapping bodies push each other apart; then every creep is put into its bucket for lookups."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Visit each pair once: when the second of the two looks at the cells already filled."""
        steps = self.game.tables.ground[ground.STEPS]
        stride, across = self.game.game_map.stride, self.game.tables.shape[shape.BUCKETS]
        goal_row, goal_column = divmod(self.game.tables.shape[shape.GOAL], stride)
        buckets = self.game.buckets
        for bucket in buckets:
            bucket.clear()
        cells: dict[int, list[CreepEntry]] = {}
        stiffness = self.game.tables.physics[physics.STIFFNESS]
        for entry in esper.get_components(Creep, Position, Health, Effects):
            creep, position = entry[1][0], entry[1][1]
            x, y, body, level = position.x, position.y, creep.rule.radius, creep.rule.layer
            column, row = x >> 10, y >> 10
            cell = row * stride + column
            creep.steps = abs(goal_column - column) + abs(goal_row - row) if level == AIR else steps[cell]
            reach = body + creep_rule.MAX_RADIUS
            left, end = (x - reach) >> 10, ((x + reach) >> 10) + 1
            for line in range(((y - reach) >> 10) * stride, ((y + reach) >> 10) * stride + 1, stride):
                for there in range(line + left, line + end):
                    for other in cells.get(there, ()):
                        rule, at = other[1][0].rule, other[1][1]
                        dx, dy, together = x - at.x, y - at.y, body + rule.radius
                        if dx * dx + dy * dy < together * together and rule.layer == level:
                            push_apart(entry, other, stiffness=stiffness)
            cells.setdefault(cell, []).append(entry)
            buckets[(y >> 12) * across + (x >> 12)].append(entry)


def push_apart(entry: CreepEntry, neighbour: CreepEntry, *, stiffness: int) -> None:
    """Collect the pushes between two overlapping bodies; the lighter is pushed more."""
    younger, elder = (entry, neighbour) if entry[0] > neighbour[0] else (neighbour, entry)
    creep, position, _, effects = younger[1]
    other, other_position, _, other_effects = elder[1]
    rule, other_rule = creep.rule, other.rule
    dx, dy = position.x - other_position.x, position.y - other_position.y
    distance = isqrt(dx * dx + dy * dy)
    if distance == 0:
        dx, distance = 1, 1
    push = (rule.radius + other_rule.radius - distance) * stiffness
    masses = rule.mass + other_rule.mass
    mine, theirs = other_rule.mass * push // masses, rule.mass * push // masses
    effects.push_x += dx * mine // distance
    effects.push_y += dy * mine // distance
    other_effects.push_x -= dx * theirs // distance
    other_effects.push_y -= dy * theirs // distance

"""The game's state in esper: entities with component objects, and the data that belongs to no entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import esper

from bulwark.sim import rules
from bulwark.sim.layout import creep, score, shell, tower
from bulwark.sim.maps import Map
from bulwark.sim.match import Match
from bulwark.sim.rules import CreepRule, TowerRule
from bulwark.sim.world import World


@dataclass(slots=True)
class Creep:
    """What it is, its distance to the goal in cells, and the cell whose heading it follows."""

    uid: int
    kind: int
    rule: CreepRule
    steps: int = 0
    leg: int = 0


@dataclass(slots=True)
class Position:
    """In units."""

    x: int
    y: int


@dataclass(slots=True)
class Velocity:
    """In 1/256 unit per tick."""

    x: int
    y: int


@dataclass(slots=True)
class Health:
    """Current and full hit points."""

    hp: int
    full: int


@dataclass(slots=True)
class Chill:
    """Remaining ticks of the slow effect, and its strength in percent."""

    ticks: int
    percent: int


@dataclass(slots=True)
class Healer:
    """What it heals around it, and how often."""

    uid: int
    kind: int
    amount: int
    reach: int
    period: int


@dataclass(slots=True)
class Effects:
    """What happened to a creep in this tick; applied at its end."""

    damage: int = 0
    push_x: int = 0
    push_y: int = 0
    slow: int = 0
    chill: int = 0
    healed: int = 0
    hit_by: int = 0
    struck: int = 0


@dataclass(slots=True)
class Tower:
    """What it is, and its statistics."""

    uid: int
    kind: int
    variant: int
    rule: TowerRule
    spent: int
    kills: int


@dataclass(slots=True)
class Weapon:
    """When and at what a tower fires next, and its damage boost."""

    cooldown: int
    targeting: int
    aim_x: int
    aim_y: int
    boost: int


@dataclass(slots=True)
class Shell:
    """A shell in flight: homing in on an entity, or falling to a position."""

    tower: int  # uid
    kind: int
    row: int
    rule: TowerRule
    damage: int
    target: int | None
    target_uid: int
    to_x: int
    to_y: int


@dataclass(slots=True)
class Ballistics:
    """Height and velocity of a ballistic shell; zero for a homing one."""

    z: int = 0
    vx: int = 0
    vy: int = 0
    vz: int = 0


# A creep in the grid, with the components needed there.
CreepEntry: TypeAlias = tuple[int, tuple[Creep, Position, Health, Effects]]


@dataclass(slots=True)
class Group:
    """Part of a wave."""

    wave: int
    kind: int
    count: int
    gap: int
    delay: int
    spawn: int
    spawned: int
    started: int


@dataclass(slots=True)
class Game:
    """A match's single values. `numbers` follow layout.score; `tables` contain the core's own flow field."""

    game_map: Map
    tables: World
    numbers: list[int]
    groups: list[Group]
    buckets: list[list[CreepEntry]]
    events: list[tuple[int, int, int, int, int]] = field(default_factory=list)


def open_game(game_map: Map, state: Mapping[str, Sequence[int]]) -> Game:
    """The game of an exported match, its creeps, towers and shells as entities of esper's current world."""
    match = Match.restore(game_map, state)
    esper.clear_database()
    entities = {}
    for row in _rows(state, "creeps", creep.NAMES):
        entities[row["uid"]] = _create_creep(row)
    for row in _rows(state, "towers", tower.NAMES):
        _create_tower(row)
    for row in _rows(state, "shells", shell.NAMES):
        _create_shell(row, entities.get(row["target"]))
    world = match.world
    return Game(
        game_map=game_map,
        tables=world,
        numbers=list(world.score),
        groups=[Group(*numbers) for numbers in zip(*world.groups, strict=True)],
        buckets=[[] for _ in world.buckets],
    )


def create_creep(creep: Creep, position: Position, health: Health) -> int:
    """A creep at rest and not slowed."""
    rule = creep.rule
    entity = esper.create_entity(creep, position, Velocity(0, 0), health, Chill(0, 0), Effects())
    if rule.heal > 0:
        healer = Healer(creep.uid, creep.kind, rule.heal, rule.heal_range, rule.heal_period)
        esper.add_component(entity, healer)
    return entity


def exported(game: Game) -> dict[str, list[int]]:
    """The state in the core's format, so that both have the same hash."""
    creeps = sorted(esper.get_component(Creep), key=lambda each: each[1].uid)
    towers = sorted(esper.get_component(Tower), key=lambda each: each[1].uid)
    shells = sorted(esper.get_component(Shell))
    tables = {
        "creeps": (creep.NAMES, [_creep_row(entity) for entity, _ in creeps if esper.entity_exists(entity)]),
        "towers": (tower.NAMES, [_tower_row(entity) for entity, _ in towers]),
        "shells": (shell.NAMES, [_shell_row(entity) for entity, _ in shells if esper.entity_exists(entity)]),
    }
    columns = {"score": game.numbers[: len(score.NAMES)], "physics": list(game.tables.physics)}
    for table, (names, rows) in tables.items():
        for number, name in enumerate(names):
            columns[f"{table}.{name}"] = [row[number] for row in rows]
    columns["groups.spawned"] = [each.spawned for each in game.groups]
    columns["groups.started"] = [each.started for each in game.groups]
    return columns


def _rows(state: Mapping[str, Sequence[int]], table: str, names: Sequence[str]) -> list[dict[str, int]]:
    columns = [state[f"{table}.{name}"] for name in names]
    return [dict(zip(names, numbers, strict=True)) for numbers in zip(*columns, strict=True)]


def _create_creep(row: Mapping[str, int]) -> int:
    entity = create_creep(
        Creep(row["uid"], row["kind"], rules.creep_rule(row["kind"]), row["steps"], row["leg"]),
        Position(row["x"], row["y"]),
        Health(row["hp"], row["full"]),
    )
    esper.add_component(entity, Velocity(row["vx"], row["vy"]))
    esper.add_component(entity, Chill(row["slow"], row["chill"]))
    return entity


def _create_tower(row: Mapping[str, int]) -> None:
    rule = rules.tower_rule(row["kind"], row["variant"])
    esper.create_entity(
        Tower(row["uid"], row["kind"], row["variant"], rule, row["spent"], row["kills"]),
        Position(row["x"], row["y"]),
        Weapon(row["cooldown"], row["targeting"], row["aim_x"], row["aim_y"], row["boost"]),
    )


def _create_shell(row: Mapping[str, int], target: int | None) -> None:
    rule = rules.TOWER_RULES[row["row"]]
    esper.create_entity(
        Shell(
            row["tower"], row["kind"], row["row"], rule, row["damage"], target, row["target"],
            row["to_x"], row["to_y"],
        ),
        Position(row["x"], row["y"]),
        Ballistics(row["z"], row["vx"], row["vy"], row["vz"]),
    )  # fmt: skip


def _creep_row(entity: int) -> tuple[int, ...]:
    part = esper.component_for_entity
    who, at, going = part(entity, Creep), part(entity, Position), part(entity, Velocity)
    health, chill = part(entity, Health), part(entity, Chill)
    return (
        who.uid, who.kind, at.x, at.y, going.x, going.y, health.hp, health.full,
        chill.ticks, chill.percent, who.steps, who.leg,
    )  # fmt: skip


def _tower_row(entity: int) -> tuple[int, ...]:
    part = esper.component_for_entity
    who, at, weapon = part(entity, Tower), part(entity, Position), part(entity, Weapon)
    return (
        who.uid, who.kind, who.variant, at.x, at.y, weapon.cooldown, weapon.targeting, weapon.aim_x,
        weapon.aim_y, weapon.boost, who.spent, who.kills,
    )  # fmt: skip


def _shell_row(entity: int) -> tuple[int, ...]:
    part = esper.component_for_entity
    fired, at, ballistics = part(entity, Shell), part(entity, Position), part(entity, Ballistics)
    return (
        fired.kind, fired.row, at.x, at.y, ballistics.z, ballistics.vx, ballistics.vy, ballistics.vz, fired.target_uid,
        fired.to_x, fired.to_y, fired.damage, fired.tower,
    )  # fmt: skip

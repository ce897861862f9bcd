"""The first phase: waves start, and their creeps spawn."""

from __future__ import annotations

from bulwark.sim.layout import creep, creep_rule, event, group, score, shape
from bulwark.sim.phases.events import emit
from bulwark.sim.randomness import hash32
from bulwark.sim.rules import CELL, COUNTDOWN_TICKS, HP_PERCENT_PER_WAVE
from bulwark.sim.world import World

_SCATTER = 255  # a power of two minus one: the area around the spawn's centre in which creeps appear


def spawn(world: World) -> None:
    """Count down to the next wave, and spawn each creep that is due, or later if the table is full."""
    numbers, groups = world.score, world.groups
    if numbers[score.COUNTDOWN] > 0:
        numbers[score.COUNTDOWN] -= 1
        if numbers[score.COUNTDOWN] == 0:
            begin_wave(world)
    if numbers[score.BREAK] > 0 and numbers[score.CLEARED] == numbers[score.WAVE]:
        numbers[score.BREAK] -= 1
    tick = numbers[score.TICK]
    started, spawned, count = groups[group.STARTED], groups[group.SPAWNED], groups[group.COUNT]
    gap, delay = groups[group.GAP], groups[group.DELAY]
    for g in range(len(started)):
        if started[g] < 0 or spawned[g] >= count[g]:
            continue
        due = started[g] + delay[g] + spawned[g] * gap[g]
        if tick >= due and numbers[score.CREEPS] < creep.CAPACITY:
            _spawn_creep(world, g)
            spawned[g] += 1


def begin_wave(world: World) -> None:
    """Start the groups of the next wave now."""
    groups = world.groups
    number = world.score[score.WAVE]
    for g in range(len(groups[group.WAVE])):
        if groups[group.WAVE][g] == number:
            groups[group.STARTED][g] = world.score[score.TICK]
    world.score[score.WAVE] = number + 1
    world.score[score.COUNTDOWN] = -1
    world.score[score.BREAK] = COUNTDOWN_TICKS
    emit(world, event.WAVE_BEGAN, world.shape[shape.GOAL_X], world.shape[shape.GOAL_Y], number + 1, 0)


def full_health(world: World, kind: int, wave: int) -> int:
    """The health of a creep of the kind when it spawns in the wave, which counts from 0."""
    full = world.creep_rules[creep_rule.HP][kind] * (100 + HP_PERCENT_PER_WAVE * wave)
    return max(full * world.score[score.HP_PERCENT] // 10_000, 1)


def _spawn_creep(world: World, g: int) -> None:
    numbers, creeps = world.score, world.creeps
    kind = world.groups[group.KIND][g]
    cell = world.shape[shape.FIRST_SPAWN + world.groups[group.SPAWN][g]]
    uid = numbers[score.NEXT_UID]
    bits = hash32(numbers[score.SEED], numbers[score.TICK], g)
    full = full_health(world, kind, world.groups[group.WAVE][g])
    i = numbers[score.CREEPS]
    for column in creeps:
        column[i] = 0
    creeps[creep.UID][i] = uid
    creeps[creep.KIND][i] = kind
    creeps[creep.X][i] = cell % world.shape[shape.STRIDE] * CELL + CELL // 2
    creeps[creep.Y][i] = cell // world.shape[shape.STRIDE] * CELL + CELL // 2
    # Scattered, so that successive creeps do not walk in one line.
    creeps[creep.X][i] += (bits & _SCATTER) - _SCATTER // 2
    creeps[creep.Y][i] += ((bits >> 8) & _SCATTER) - _SCATTER // 2
    creeps[creep.HP][i] = full
    creeps[creep.FULL][i] = full
    numbers[score.NEXT_UID] = uid + 1
    numbers[score.CREEPS] = i + 1
    emit(world, event.SPAWNED, creeps[creep.X][i], creeps[creep.Y][i], kind, uid)

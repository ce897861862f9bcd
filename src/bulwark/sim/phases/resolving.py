"""The last phase: apply collected effects, remove dead and escaped creeps, and end waves and the match."""

from __future__ import annotations

from bulwark.sim.layout import creep, creep_rule, event, group, score, shape, tower
from bulwark.sim.phases.events import emit
from bulwark.sim.rules import CLEARED_BONUS, CLEARED_BONUS_PER_WAVE, COUNTDOWN_TICKS
from bulwark.sim.world import World


def resolve(world: World) -> None:
    """Apply the effects, keep surviving creeps in order, and check for the end."""
    creeps, numbers = world.creeps, world.score
    steps, hp, full = creeps[creep.STEPS], creeps[creep.HP], creeps[creep.FULL]
    damage, healed = creeps[creep.DAMAGE], creeps[creep.HEALED]
    vx, vy, push_x, push_y = creeps[creep.VX], creeps[creep.VY], creeps[creep.PUSH_X], creeps[creep.PUSH_Y]
    new_slow = creeps[creep.NEW_SLOW]
    count, kept = numbers[score.CREEPS], 0
    for i in range(count):
        if steps[i] == 0:
            leak(world, i)
            continue
        if damage[i] > 0 or healed[i] > 0:
            hp[i] = min(hp[i] + healed[i], full[i]) - damage[i]
            if hp[i] <= 0:
                kill(world, i)
                continue
        vx[i] += push_x[i]
        vy[i] += push_y[i]
        if new_slow[i] > 0:
            apply_slow(world, i)
        if kept != i:
            for column in creeps:
                column[kept] = column[i]
        kept += 1
    numbers[score.CREEPS] = kept
    for collected in range(creep.DAMAGE, creep.STRUCK):
        creeps[collected][:count] = creeps[creep.ZERO][:count]
    check_end(world)
    numbers[score.TICK] += 1


def leak(world: World, i: int) -> None:
    """Creep `i` has reached the goal and costs lives."""
    creeps, numbers = world.creeps, world.score
    kind = creeps[creep.KIND][i]
    lives = world.creep_rules[creep_rule.LIVES][kind]
    numbers[score.LIVES] -= lives
    numbers[score.LEAKED] += 1
    emit(world, event.LEAKED, creeps[creep.X][i], creeps[creep.Y][i], kind, lives)


def kill(world: World, i: int) -> None:
    """Creep `i` dies and pays its bounty."""
    creeps, numbers = world.creeps, world.score
    kind = creeps[creep.KIND][i]
    bounty = world.creep_rules[creep_rule.BOUNTY][kind]
    numbers[score.GOLD] += bounty
    numbers[score.EARNED] += bounty
    numbers[score.KILLED] += 1
    credit_kill(world, creeps[creep.HIT_BY][i])
    emit(world, event.DIED, creeps[creep.X][i], creeps[creep.Y][i], kind, bounty)


def apply_slow(world: World, i: int) -> None:
    """Slow creep `i`: the stronger and the longer slow win."""
    creeps = world.creeps
    if creeps[creep.SLOW][i] == 0:
        creeps[creep.CHILL][i] = 0
    creeps[creep.CHILL][i] = max(creeps[creep.CHILL][i], creeps[creep.NEW_CHILL][i])
    creeps[creep.SLOW][i] = max(creeps[creep.SLOW][i], creeps[creep.NEW_SLOW][i])


def credit_kill(world: World, uid: int) -> None:
    """Count a kill for the tower that hit last, if it still exists."""
    uids = world.towers[tower.UID]
    for t in range(world.score[score.TOWERS]):
        if uids[t] == uid:
            world.towers[tower.KILLS][t] += 1
            return


def check_end(world: World) -> None:
    """Check whether the started waves are cleared, and whether the match is over."""
    numbers = world.score
    if numbers[score.LIVES] <= 0:
        numbers[score.LIVES] = 0
        numbers[score.OUTCOME] = score.LOST
        return
    if numbers[score.CREEPS] > 0 or numbers[score.CLEARED] == numbers[score.WAVE]:
        return
    groups = world.groups
    for g in range(len(groups[group.STARTED])):
        if groups[group.STARTED][g] >= 0 and groups[group.SPAWNED][g] < groups[group.COUNT][g]:
            return
    while numbers[score.CLEARED] < numbers[score.WAVE]:
        numbers[score.CLEARED] += 1
        bonus = CLEARED_BONUS + CLEARED_BONUS_PER_WAVE * numbers[score.CLEARED]
        numbers[score.GOLD] += bonus
        numbers[score.EARNED] += bonus
        emit(
            world,
            event.WAVE_CLEARED,
            world.shape[shape.GOAL_X],
            world.shape[shape.GOAL_Y],
            numbers[score.CLEARED],
            bonus,
        )
    if numbers[score.WAVE] > groups[group.WAVE][len(groups[group.WAVE]) - 1]:
        numbers[score.OUTCOME] = score.WON
    elif numbers[score.AUTO_START]:
        numbers[score.COUNTDOWN] = COUNTDOWN_TICKS

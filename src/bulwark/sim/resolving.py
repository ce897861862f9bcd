"""The last phase: what was gathered is applied, the dead and the escaped leave, and waves and the match may end."""

from __future__ import annotations

from bulwark.sim.happening import tell
from bulwark.sim.layout import creep, creep_rule, event, group, score, shape, tower
from bulwark.sim.rules import CLEARED_BONUS, CLEARED_BONUS_PER_WAVE, COUNTDOWN_TICKS
from bulwark.sim.world import World


def resolve(world: World) -> None:
    """Apply, keep those that go on in their order, and judge."""
    creeps, numbers = world.creeps, world.score
    kept = 0
    for i in range(numbers[score.CREEPS]):
        if leaves(world, i):
            continue
        settle(world, i)
        if kept != i:
            for column in creeps:
                column[kept] = column[i]
        kept += 1
    numbers[score.CREEPS] = kept
    judge(world)
    numbers[score.TICK] += 1


def leaves(world: World, i: int) -> bool:
    """Whether creep `i` has reached the goal or died, with what follows from either."""
    creeps, numbers = world.creeps, world.score
    kind, x, y = creeps[creep.KIND][i], creeps[creep.X][i], creeps[creep.Y][i]
    if (y >> 10) * world.shape[shape.STRIDE] + (x >> 10) == world.shape[shape.GOAL]:
        numbers[score.LIVES] -= world.creep_rules[creep_rule.LIVES][kind]
        numbers[score.LEAKED] += 1
        tell(world, event.LEAKED, x, y, kind, world.creep_rules[creep_rule.LIVES][kind])
        return True
    hp = min(creeps[creep.HP][i] + creeps[creep.HEALED][i], creeps[creep.FULL][i]) - creeps[creep.DAMAGE][i]
    creeps[creep.HP][i] = hp
    if hp > 0:
        return False
    bounty = world.creep_rules[creep_rule.BOUNTY][kind]
    numbers[score.GOLD] += bounty
    numbers[score.EARNED] += bounty
    numbers[score.KILLED] += 1
    credit(world, creeps[creep.HIT_BY][i])
    tell(world, event.DIED, x, y, kind, bounty)
    return True


def credit(world: World, uid: int) -> None:
    """Count a kill for the tower that hit last, if it still stands."""
    uids = world.towers[tower.UID]
    for t in range(world.score[score.TOWERS]):
        if uids[t] == uid:
            world.towers[tower.KILLS][t] += 1
            return


def settle(world: World, i: int) -> None:
    """Give creep `i` its pushes and its cold, and clear what was gathered. The colder and the longer cold wins."""
    creeps = world.creeps
    creeps[creep.VX][i] += creeps[creep.PUSH_X][i]
    creeps[creep.VY][i] += creeps[creep.PUSH_Y][i]
    if creeps[creep.NEW_SLOW][i] > 0:
        if creeps[creep.SLOW][i] == 0:
            creeps[creep.CHILL][i] = 0
        creeps[creep.CHILL][i] = max(creeps[creep.CHILL][i], creeps[creep.NEW_CHILL][i])
        creeps[creep.SLOW][i] = max(creeps[creep.SLOW][i], creeps[creep.NEW_SLOW][i])
    for gathered in range(creep.DAMAGE, creep.STRUCK):
        creeps[gathered][i] = 0


def judge(world: World) -> None:
    """See whether the waves that have begun are over, and whether the match is."""
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
        tell(
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

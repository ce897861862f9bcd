"""The third phase: towers choose and fire, healers heal."""

from __future__ import annotations

from bulwark.sim.happening import tell
from bulwark.sim.hitting import hit
from bulwark.sim.launching import launch
from bulwark.sim.layout import creep, creep_rule, event, score, shape, tower, tower_rule
from bulwark.sim.rules import FIRST, LAST, STRONG
from bulwark.sim.world import World

# A tower that sees nothing looks again after so many ticks: a tenth of a second that nobody notices.
_IDLE = 2
_NOTHING = 1 << 60


def fire(world: World) -> None:
    """Let every tower that is ready fire at what it prefers, and every healer heal in its turn."""
    towers, rules = world.towers, world.tower_rules
    cooldown, kind, variant = towers[tower.COOLDOWN], towers[tower.KIND], towers[tower.VARIANT]
    for t in range(world.score[score.TOWERS]):
        if cooldown[t] > 0:
            cooldown[t] -= 1
            continue
        row = kind[t] * tower_rule.VARIANTS + variant[t]
        if rules[tower_rule.FLIGHT][row] == tower_rule.NONE:
            continue
        i = choose(world, t, row)
        if i < 0:
            cooldown[t] = _IDLE
            continue
        cooldown[t] = rules[tower_rule.RELOAD][row] - 1
        towers[tower.AIM_X][t], towers[tower.AIM_Y][t] = world.creeps[creep.X][i], world.creeps[creep.Y][i]
        tell(world, event.FIRED, towers[tower.X][t], towers[tower.Y][t], kind[t], towers[tower.UID][t])
        damage = rules[tower_rule.DAMAGE][row] * (100 + towers[tower.BOOST][t]) // 100
        if rules[tower_rule.FLIGHT][row] == tower_rule.ARCS:
            arc(world, t, i, row, damage)
        else:
            launch(world, t, i, row, damage)
    heal(world)


def choose(world: World, t: int, row: int) -> int:
    """The creep in range that tower `t` prefers; among equals the elder. -1 where there is none."""
    creeps = world.creeps
    at_x, at_y, kind, uid = creeps[creep.X], creeps[creep.Y], creeps[creep.KIND], creeps[creep.UID]
    steps, hp, following = creeps[creep.STEPS], creeps[creep.HP], creeps[creep.NEXT_IN_BUCKET]
    layer = world.creep_rules[creep_rule.LAYER]
    x, y, mode = world.towers[tower.X][t], world.towers[tower.Y][t], world.towers[tower.TARGETING][t]
    reach, reaches = world.tower_rules[tower_rule.RANGE][row], world.tower_rules[tower_rule.REACHES][row]
    across, lines = world.shape[shape.BUCKETS], world.shape[shape.ALL_BUCKETS] // world.shape[shape.BUCKETS]
    buckets = world.buckets
    left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, across - 1) + 1
    best, found = _NOTHING, -1
    for line in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, lines - 1) + 1):
        for b in range(line * across + left, line * across + right):
            i = buckets[b]
            while i >= 0:
                dx, dy = at_x[i] - x, at_y[i] - y
                apart = dx * dx + dy * dy
                if apart <= reach * reach and layer[kind[i]] & reaches:
                    key = apart
                    if mode == FIRST:
                        key = steps[i]
                    elif mode == LAST:
                        key = -steps[i]
                    elif mode == STRONG:
                        key = -hp[i]
                    if key < best or (key == best and uid[i] < uid[found]):
                        best, found = key, i
                i = following[i]
    return found


def arc(world: World, t: int, i: int, row: int, damage: int) -> None:
    """Strike creep `i`, and from it the nearest that was not struck yet, as often as the tower jumps."""
    creeps, towers = world.creeps, world.towers
    from_x, from_y = towers[tower.X][t], towers[tower.Y][t]
    jumps = world.tower_rules[tower_rule.JUMPS][row]
    struck = world.score[score.TICK] * tower.CAPACITY + t + 1
    for _ in range(jumps + 1):
        to_x, to_y = creeps[creep.X][i], creeps[creep.Y][i]
        tell(world, event.ARC, from_x, from_y, to_x, to_y)
        hit(world, i, row, damage, towers[tower.UID][t])
        creeps[creep.STRUCK][i] = struck
        from_x, from_y = to_x, to_y
        i = nearest_unstruck(world, i, row, struck)
        if i < 0:
            return


def nearest_unstruck(world: World, origin: int, row: int, struck: int) -> int:
    """The creep nearest to `origin` that this stroke has not struck, within the tower's jump; among equals the elder."""
    creeps = world.creeps
    at_x, at_y, uid = creeps[creep.X], creeps[creep.Y], creeps[creep.UID]
    x, y = at_x[origin], at_y[origin]
    reach = world.tower_rules[tower_rule.JUMP_RANGE][row]
    across, lines = world.shape[shape.BUCKETS], world.shape[shape.ALL_BUCKETS] // world.shape[shape.BUCKETS]
    left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, across - 1) + 1
    best, found = reach * reach + 1, -1
    for line in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, lines - 1) + 1):
        for b in range(line * across + left, line * across + right):
            i = world.buckets[b]
            while i >= 0:
                dx, dy = at_x[i] - x, at_y[i] - y
                apart = dx * dx + dy * dy
                nearer = apart < best or (apart == best and found >= 0 and uid[i] < uid[found])
                if nearer and creeps[creep.STRUCK][i] != struck:
                    best, found = apart, i
                i = creeps[creep.NEXT_IN_BUCKET][i]
    return found


def heal(world: World) -> None:
    """Gather what healers give to those around them, each in the tick that its uid says."""
    creeps, rules = world.creeps, world.creep_rules
    kind, at_x, at_y, uid = creeps[creep.KIND], creeps[creep.X], creeps[creep.Y], creeps[creep.UID]
    amount, period = rules[creep_rule.HEAL], rules[creep_rule.HEAL_PERIOD]
    across, lines = world.shape[shape.BUCKETS], world.shape[shape.ALL_BUCKETS] // world.shape[shape.BUCKETS]
    for h in range(world.score[score.CREEPS]):
        if amount[kind[h]] == 0 or (world.score[score.TICK] + uid[h]) % period[kind[h]] != 0:
            continue
        x, y, reach = at_x[h], at_y[h], rules[creep_rule.HEAL_RANGE][kind[h]]
        left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, across - 1) + 1
        for line in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, lines - 1) + 1):
            for b in range(line * across + left, line * across + right):
                i = world.buckets[b]
                while i >= 0:
                    dx, dy = at_x[i] - x, at_y[i] - y
                    if i != h and dx * dx + dy * dy <= reach * reach:
                        creeps[creep.HEALED][i] += amount[kind[h]]
                    i = creeps[creep.NEXT_IN_BUCKET][i]
        tell(world, event.HEALED, x, y, kind[h], amount[kind[h]])

"""The third phase: towers choose a target and fire, healers heal."""

from __future__ import annotations

from bulwark.sim.layout import creep, creep_rule, event, score, shape, tower, tower_rule
from bulwark.sim.phases.damage import hit
from bulwark.sim.phases.events import emit
from bulwark.sim.phases.launching import launch
from bulwark.sim.rules import FIRST, LAST, STRONG
from bulwark.sim.world import World

# A tower without a target waits this many ticks before it looks again: a delay nobody notices.
_IDLE = 2
_NOTHING = 1 << 60


def fire(world: World) -> None:
    """Let every ready tower fire at its preferred target, and every healer heal on its turn."""
    towers, rules = world.towers, world.tower_rules
    cooldown, kind, variant = towers[tower.COOLDOWN], towers[tower.KIND], towers[tower.VARIANT]
    for t in range(world.score[score.TOWERS]):
        if cooldown[t] > 0:
            cooldown[t] -= 1
            continue
        row = kind[t] * tower_rule.VARIANTS + variant[t]
        if rules[tower_rule.FLIGHT][row] == tower_rule.NONE:
            continue
        i = choose_target(world, t, row)
        if i < 0:
            cooldown[t] = _IDLE
            continue
        cooldown[t] = rules[tower_rule.RELOAD][row] - 1
        towers[tower.AIM_X][t], towers[tower.AIM_Y][t] = world.creeps[creep.X][i], world.creeps[creep.Y][i]
        emit(world, event.FIRED, towers[tower.X][t], towers[tower.Y][t], kind[t], towers[tower.UID][t])
        damage = rules[tower_rule.DAMAGE][row] * (100 + towers[tower.BOOST][t]) // 100
        if rules[tower_rule.FLIGHT][row] == tower_rule.ARC_SHOT:
            arc(world, t, i, row, damage)
        else:
            launch(world, t, i, row, damage)
    heal(world)


def choose_target(world: World, t: int, row: int) -> int:
    """The creep in range that tower `t` prefers, the oldest among equals; -1 if there is none."""
    creeps = world.creeps
    at_x, at_y, kind, uid = creeps[creep.X], creeps[creep.Y], creeps[creep.KIND], creeps[creep.UID]
    steps, hp, following = creeps[creep.STEPS], creeps[creep.HP], creeps[creep.NEXT_IN_BUCKET]
    layer = world.creep_rules[creep_rule.LAYER]
    x, y, mode = world.towers[tower.X][t], world.towers[tower.Y][t], world.towers[tower.TARGETING][t]
    reach, reaches = world.tower_rules[tower_rule.RANGE][row], world.tower_rules[tower_rule.REACHES][row]
    columns, rows = world.shape[shape.BUCKETS], world.shape[shape.ALL_BUCKETS] // world.shape[shape.BUCKETS]
    buckets = world.buckets
    left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, columns - 1) + 1
    best, found = _NOTHING, -1
    for row_number in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, rows - 1) + 1):
        for b in range(row_number * columns + left, row_number * columns + right):
            i = buckets[b]
            while i >= 0:
                dx, dy = at_x[i] - x, at_y[i] - y
                distance_squared = dx * dx + dy * dy
                if distance_squared <= reach * reach and layer[kind[i]] & reaches:
                    key = distance_squared
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
    """Strike creep `i`, then the nearest creep not struck yet, as often as the tower jumps."""
    creeps, towers = world.creeps, world.towers
    from_x, from_y = towers[tower.X][t], towers[tower.Y][t]
    jumps = world.tower_rules[tower_rule.JUMPS][row]
    stroke = world.score[score.TICK] * tower.CAPACITY + t + 1
    for _ in range(jumps + 1):
        to_x, to_y = creeps[creep.X][i], creeps[creep.Y][i]
        emit(world, event.ARC, from_x, from_y, to_x, to_y)
        hit(world, i, row, damage, towers[tower.UID][t])
        creeps[creep.STRUCK][i] = stroke
        from_x, from_y = to_x, to_y
        i = nearest_unstruck(world, i, row, stroke)
        if i < 0:
            return


def nearest_unstruck(world: World, origin: int, row: int, stroke: int) -> int:
    """The creep nearest to `origin` that this stroke has not struck, within jump range; the oldest among equals."""
    creeps = world.creeps
    at_x, at_y, uid = creeps[creep.X], creeps[creep.Y], creeps[creep.UID]
    x, y = at_x[origin], at_y[origin]
    reach = world.tower_rules[tower_rule.JUMP_RANGE][row]
    columns, rows = world.shape[shape.BUCKETS], world.shape[shape.ALL_BUCKETS] // world.shape[shape.BUCKETS]
    left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, columns - 1) + 1
    best, found = reach * reach + 1, -1
    for row_number in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, rows - 1) + 1):
        for b in range(row_number * columns + left, row_number * columns + right):
            i = world.buckets[b]
            while i >= 0:
                dx, dy = at_x[i] - x, at_y[i] - y
                distance_squared = dx * dx + dy * dy
                nearer = distance_squared < best or (
                    distance_squared == best and found >= 0 and uid[i] < uid[found]
                )
                if nearer and creeps[creep.STRUCK][i] != stroke:
                    best, found = distance_squared, i
                i = creeps[creep.NEXT_IN_BUCKET][i]
    return found


def heal(world: World) -> None:
    """Collect what healers give to the creeps around them, each on the ticks given by its uid."""
    creeps, rules = world.creeps, world.creep_rules
    kind, at_x, at_y, uid = creeps[creep.KIND], creeps[creep.X], creeps[creep.Y], creeps[creep.UID]
    amount, period = rules[creep_rule.HEAL], rules[creep_rule.HEAL_PERIOD]
    columns, rows = world.shape[shape.BUCKETS], world.shape[shape.ALL_BUCKETS] // world.shape[shape.BUCKETS]
    for h in range(world.score[score.CREEPS]):
        if amount[kind[h]] == 0 or (world.score[score.TICK] + uid[h]) % period[kind[h]] != 0:
            continue
        x, y, reach = at_x[h], at_y[h], rules[creep_rule.HEAL_RANGE][kind[h]]
        left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, columns - 1) + 1
        for row_number in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, rows - 1) + 1):
            for b in range(row_number * columns + left, row_number * columns + right):
                i = world.buckets[b]
                while i >= 0:
                    dx, dy = at_x[i] - x, at_y[i] - y
                    if i != h and dx * dx + dy * dy <= reach * reach:
                        creeps[creep.HEALED][i] += amount[kind[h]]
                    i = creeps[creep.NEXT_IN_BUCKET][i]
        emit(world, event.HEALED, x, y, kind[h], amount[kind[h]])

"""The towers' and the shells' part of the rules on esper's objects, and the healers'."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

import esper

from benchmarks.game_esper_components import (
    Creep,
    Found,
    Game,
    Gathered,
    Healer,
    Position,
    Shell,
    Throw,
    Tower,
    Velocity,
    Weapon,
)
from bulwark.sim.layout import event, score, shape, tower_rule
from bulwark.sim.phases.launching import GRAVITY
from bulwark.sim.rules import FIRST, LAST, STRONG, TowerRule

_IDLE = 2


def around(game: Game, x: int, y: int, reach: int) -> Iterator[list[Found]]:
    """The buckets in which creeps may be that are so near."""
    across = game.tables.shape[shape.BUCKETS]
    lines = len(game.buckets) // across
    left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, across - 1) + 1
    for line in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, lines - 1) + 1):
        yield from game.buckets[line * across + left : line * across + right]


def hit(creep: Creep, gathered: Gathered, rule: TowerRule, damage: int, tower: int) -> None:
    """Gather a hit by the tower of that uid; armour takes its part, but never all."""
    gathered.damage += max(damage - max(creep.rule.armour - rule.pierce, 0), 1)
    gathered.hit_by = tower
    if rule.slow > 0:
        gathered.slow = max(gathered.slow, rule.slow)
        gathered.chill = max(gathered.chill, rule.chill)


def credit(uid: int) -> None:
    """Count a kill for the tower that hit last, if it still stands."""
    for _, tower in esper.get_component(Tower):
        if tower.uid == uid:
            tower.kills += 1


class FiringProcessor(esper.Processor):
    """Towers choose and fire."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Let every tower that is ready fire at what it prefers, the elder before the younger."""
        for _, (tower, position, weapon) in sorted(esper.get_components(Tower, Position, Weapon)):
            if weapon.cooldown > 0:
                weapon.cooldown -= 1
                continue
            rule = tower.rule
            if rule.flight == tower_rule.NONE:
                continue
            found = self._choose(position, weapon.targeting, rule)
            if found is None:
                weapon.cooldown = _IDLE
                continue
            weapon.cooldown = rule.reload - 1
            weapon.aim_x, weapon.aim_y = found[1][1].x, found[1][1].y
            self.game.events.append((event.FIRED, position.x, position.y, tower.kind, tower.uid))
            damage = rule.damage * (100 + weapon.boost) // 100
            if rule.flight == tower_rule.ARC_SHOT:
                self._arc(tower, position, found, damage)
            else:
                self._launch(tower, position, found, damage)

    def _choose(self, position: Position, mode: int, rule: TowerRule) -> Found | None:
        best: tuple[int, int] | None = None
        chosen = None
        x, y, reach, reaches = position.x, position.y, rule.range, rule.reaches
        for bucket in around(self.game, x, y, reach):
            for found in bucket:
                creep, at, health, _ = found[1]
                dx, dy = at.x - x, at.y - y
                apart = dx * dx + dy * dy
                if apart <= reach * reach and creep.rule.layer & reaches:
                    if mode == FIRST:
                        key = creep.steps
                    elif mode == LAST:
                        key = -creep.steps
                    elif mode == STRONG:
                        key = -health.hp
                    else:
                        key = apart
                    if best is None or (key, creep.uid) < best:
                        best, chosen = (key, creep.uid), found
        return chosen

    def _arc(self, tower: Tower, position: Position, found: Found, damage: int) -> None:
        from_x, from_y = position.x, position.y
        struck: set[int] = set()
        target: Found | None = found
        for _ in range(tower.rule.jumps + 1):
            if target is None:
                return
            at = target[1][1]
            self.game.events.append((event.ARC, from_x, from_y, at.x, at.y))
            hit(target[1][0], target[1][3], tower.rule, damage, tower.uid)
            struck.add(target[0])
            from_x, from_y = at.x, at.y
            target = self._nearest(at, tower.rule.jump_range, struck)

    def _nearest(self, origin: Position, reach: int, struck: set[int]) -> Found | None:
        best: tuple[int, int] | None = None
        chosen = None
        for bucket in around(self.game, origin.x, origin.y, reach):
            for found in bucket:
                creep, at, _, _ = found[1]
                dx, dy = at.x - origin.x, at.y - origin.y
                apart = dx * dx + dy * dy
                if (
                    apart <= reach * reach
                    and found[0] not in struck
                    and (best is None or (apart, creep.uid) < best)
                ):
                    best, chosen = (apart, creep.uid), found
        return chosen

    def _launch(self, tower: Tower, position: Position, found: Found, damage: int) -> None:
        creep, at, _, _ = found[1]
        row = tower.kind * tower_rule.VARIANTS + tower.variant
        shell = Shell(tower.uid, tower.kind, row, tower.rule, damage, found[0], creep.uid, at.x, at.y)
        knock_back = Throw()
        if tower.rule.flight == tower_rule.BALLISTIC:
            going = esper.component_for_entity(found[0], Velocity)
            dx, dy = at.x - position.x, at.y - position.y
            ticks = isqrt(dx * dx + dy * dy) // tower.rule.speed + 8
            shell.target, shell.target_uid = None, -1
            shell.to_x, shell.to_y = at.x + (going.x * ticks >> 8), at.y + (going.y * ticks >> 8)
            knock_back.vx = (shell.to_x - position.x) * 256 // ticks
            knock_back.vy = (shell.to_y - position.y) * 256 // ticks
            knock_back.vz = GRAVITY * ticks // 2
        esper.create_entity(shell, Position(position.x, position.y), knock_back)
        self.game.numbers[score.SHELLS] += 1


class HealingProcessor(esper.Processor):
    """Healers heal, each in its own tick."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Gather what they give to those around them."""
        tick = self.game.numbers[score.TICK]
        for entity, (healer, position) in esper.get_components(Healer, Position):
            if (tick + healer.uid) % healer.period != 0:
                continue
            x, y, reach = position.x, position.y, healer.reach
            for bucket in around(self.game, x, y, reach):
                for other, (_, at, _, gathered) in bucket:
                    dx, dy = at.x - x, at.y - y
                    if other != entity and dx * dx + dy * dy <= reach * reach:
                        gathered.healed += healer.amount
            self.game.events.append((event.HEALED, x, y, healer.kind, healer.amount))


class FlyingProcessor(esper.Processor):
    """Shells fly and hit."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Move every shell a tick on, in the order in which they were fired."""
        for entity, (shell, position, knock_back) in sorted(esper.get_components(Shell, Position, Throw)):
            falls = shell.rule.flight == tower_rule.BALLISTIC
            if self._fall(shell, position, knock_back) if falls else self._follow(shell, position):
                esper.delete_entity(entity)
                self.game.numbers[score.SHELLS] -= 1

    def _fall(self, shell: Shell, position: Position, knock_back: Throw) -> bool:
        position.x += (knock_back.vx + 128) >> 8
        position.y += (knock_back.vy + 128) >> 8
        knock_back.z += knock_back.vz >> 8
        knock_back.vz -= GRAVITY
        if knock_back.z > 0:
            return False
        self._burst(shell, position.x, position.y)
        return True

    def _follow(self, shell: Shell, position: Position) -> bool:
        target = None
        if shell.target is not None and esper.entity_exists(shell.target):
            target = shell.target
            at = esper.component_for_entity(target, Position)
            shell.to_x, shell.to_y = at.x, at.y
        dx, dy = shell.to_x - position.x, shell.to_y - position.y
        apart = dx * dx + dy * dy
        if apart > shell.rule.speed * shell.rule.speed:
            distance = isqrt(apart)
            position.x += dx * shell.rule.speed // distance
            position.y += dy * shell.rule.speed // distance
            return False
        if shell.rule.splash > 0:
            self._burst(shell, shell.to_x, shell.to_y)
        elif target is not None:
            self._hit_one(shell, target)
        return True

    def _hit_one(self, shell: Shell, target: int) -> None:
        creep = esper.component_for_entity(target, Creep)
        gathered = esper.component_for_entity(target, Gathered)
        hit(creep, gathered, shell.rule, shell.damage, shell.tower)
        self.game.events.append((event.HIT, shell.to_x, shell.to_y, shell.kind, shell.damage))

    def _burst(self, shell: Shell, x: int, y: int) -> None:
        rule, radius = shell.rule, shell.rule.splash
        for bucket in around(self.game, x, y, radius):
            for _, (creep, at, _, gathered) in bucket:
                dx, dy = at.x - x, at.y - y
                apart = dx * dx + dy * dy
                if apart <= radius * radius and creep.rule.layer & rule.reaches:
                    inner = apart * 4 <= radius * radius
                    hit(
                        creep, gathered, rule, shell.damage if inner else (shell.damage + 1) >> 1, shell.tower
                    )
                    if rule.knock > 0:
                        distance = isqrt(apart) + 1
                        share = rule.knock // creep.rule.mass
                        gathered.push_x += dx * share // distance
                        gathered.push_y += dy * share // distance
        self.game.events.append((event.BURST, x, y, shell.kind, radius))

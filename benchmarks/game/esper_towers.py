"""The rules for towers, shells and healers on esper's objects."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

import esper

from benchmarks.game.esper_components import (
    Ballistics,
    Creep,
    CreepEntry,
    Effects,
    Game,
    Healer,
    Position,
    Shell,
    Tower,
    Velocity,
    Weapon,
)
from bulwark.sim.layout import event, physics, score, shape, tower_rule
from bulwark.sim.rules import FIRST, LAST, STRONG, TowerRule

_IDLE = 2


def around(game: Game, x: int, y: int, reach: int) -> Iterator[list[CreepEntry]]:
    """The buckets that may contain creeps within reach."""
    across = game.tables.shape[shape.BUCKETS]
    lines = len(game.buckets) // across
    left, right = max((x - reach) >> 12, 0), min((x + reach) >> 12, across - 1) + 1
    for line in range(max((y - reach) >> 12, 0), min((y + reach) >> 12, lines - 1) + 1):
        yield from game.buckets[line * across + left : line * across + right]


def hit(creep: Creep, effects: Effects, rule: TowerRule, damage: int, tower: int) -> None:
    """Collect a hit by the tower with this uid; armour absorbs part of it, but never all."""
    effects.damage += max(damage - max(creep.rule.armour - rule.pierce, 0), 1)
    effects.hit_by = tower
    if rule.slow > 0:
        effects.slow = max(effects.slow, rule.slow)
        effects.chill = max(effects.chill, rule.chill)


def credit(uid: int) -> None:
    """Count a kill for the tower that hit last, if it still exists."""
    for _, tower in esper.get_component(Tower):
        if tower.uid == uid:
            tower.kills += 1


class FiringProcessor(esper.Processor):
    """Towers choose a target and fire."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Let every ready tower fire at its preferred target, the oldest tower first."""
        for _, (tower, position, weapon) in sorted(esper.get_components(Tower, Position, Weapon)):
            if weapon.cooldown > 0:
                weapon.cooldown -= 1
                continue
            rule = tower.rule
            if rule.flight == tower_rule.NONE:
                continue
            target = self._choose(position, weapon.targeting, rule)
            if target is None:
                weapon.cooldown = _IDLE
                continue
            weapon.cooldown = rule.reload - 1
            weapon.aim_x, weapon.aim_y = target[1][1].x, target[1][1].y
            self.game.events.append((event.FIRED, position.x, position.y, tower.kind, tower.uid))
            damage = rule.damage * (100 + weapon.boost) // 100
            if rule.flight == tower_rule.ARC_SHOT:
                self._arc(tower, position, target, damage)
            else:
                self._launch(tower, position, target, damage)

    def _choose(self, position: Position, mode: int, rule: TowerRule) -> CreepEntry | None:
        best: tuple[int, int] | None = None
        chosen = None
        x, y, reach, reaches = position.x, position.y, rule.range, rule.reaches
        for bucket in around(self.game, x, y, reach):
            for target in bucket:
                creep, at, health, _ = target[1]
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
                        best, chosen = (key, creep.uid), target
        return chosen

    def _arc(self, tower: Tower, position: Position, first: CreepEntry, damage: int) -> None:
        from_x, from_y = position.x, position.y
        struck: set[int] = set()
        target: CreepEntry | None = first
        for _ in range(tower.rule.jumps + 1):
            if target is None:
                return
            at = target[1][1]
            self.game.events.append((event.ARC, from_x, from_y, at.x, at.y))
            hit(target[1][0], target[1][3], tower.rule, damage, tower.uid)
            struck.add(target[0])
            from_x, from_y = at.x, at.y
            target = self._nearest(at, tower.rule.jump_range, struck)

    def _nearest(self, origin: Position, reach: int, struck: set[int]) -> CreepEntry | None:
        best: tuple[int, int] | None = None
        chosen = None
        for bucket in around(self.game, origin.x, origin.y, reach):
            for target in bucket:
                creep, at, _, _ = target[1]
                dx, dy = at.x - origin.x, at.y - origin.y
                apart = dx * dx + dy * dy
                if (
                    apart <= reach * reach
                    and target[0] not in struck
                    and (best is None or (apart, creep.uid) < best)
                ):
                    best, chosen = (apart, creep.uid), target
        return chosen

    def _launch(self, tower: Tower, position: Position, target: CreepEntry, damage: int) -> None:
        creep, at, _, _ = target[1]
        row = tower.kind * tower_rule.VARIANTS + tower.variant
        shell = Shell(tower.uid, tower.kind, row, tower.rule, damage, target[0], creep.uid, at.x, at.y)
        ballistics = Ballistics()
        if tower.rule.flight == tower_rule.BALLISTIC:
            going = esper.component_for_entity(target[0], Velocity)
            dx, dy = at.x - position.x, at.y - position.y
            ticks = isqrt(dx * dx + dy * dy) // tower.rule.speed + 8
            shell.target, shell.target_uid = None, -1
            shell.to_x, shell.to_y = at.x + (going.x * ticks >> 8), at.y + (going.y * ticks >> 8)
            ballistics.vx = (shell.to_x - position.x) * 256 // ticks
            ballistics.vy = (shell.to_y - position.y) * 256 // ticks
            ballistics.vz = self.game.tables.physics[physics.GRAVITY] * ticks // 2
        esper.create_entity(shell, Position(position.x, position.y), ballistics)
        self.game.numbers[score.SHELLS] += 1


class HealingProcessor(esper.Processor):
    """Healers heal, each on its own ticks."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Collect what they heal around them."""
        tick = self.game.numbers[score.TICK]
        for entity, (healer, position) in esper.get_components(Healer, Position):
            if (tick + healer.uid) % healer.period != 0:
                continue
            x, y, reach = position.x, position.y, healer.reach
            for bucket in around(self.game, x, y, reach):
                for other, (_, at, _, effects) in bucket:
                    dx, dy = at.x - x, at.y - y
                    if other != entity and dx * dx + dy * dy <= reach * reach:
                        effects.healed += healer.amount
            self.game.events.append((event.HEALED, x, y, healer.kind, healer.amount))


class FlyingProcessor(esper.Processor):
    """Shells fly and hit."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Move every shell by one tick, in firing order."""
        for entity, (shell, position, ballistics) in sorted(
            esper.get_components(Shell, Position, Ballistics)
        ):
            falls = shell.rule.flight == tower_rule.BALLISTIC
            if self._fall(shell, position, ballistics) if falls else self._follow(shell, position):
                esper.delete_entity(entity)
                self.game.numbers[score.SHELLS] -= 1

    def _fall(self, shell: Shell, position: Position, ballistics: Ballistics) -> bool:
        position.x += (ballistics.vx + 128) >> 8
        position.y += (ballistics.vy + 128) >> 8
        ballistics.z += ballistics.vz >> 8
        ballistics.vz -= self.game.tables.physics[physics.GRAVITY]
        if ballistics.z > 0:
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
        effects = esper.component_for_entity(target, Effects)
        hit(creep, effects, shell.rule, shell.damage, shell.tower)
        self.game.events.append((event.HIT, shell.to_x, shell.to_y, shell.kind, shell.damage))

    def _burst(self, shell: Shell, x: int, y: int) -> None:
        rule, radius = shell.rule, shell.rule.splash
        percent = self.game.tables.physics[physics.KNOCK_BACK]
        for bucket in around(self.game, x, y, radius):
            for _, (creep, at, _, effects) in bucket:
                dx, dy = at.x - x, at.y - y
                apart = dx * dx + dy * dy
                if apart <= radius * radius and creep.rule.layer & rule.reaches:
                    inner = apart * 4 <= radius * radius
                    hit(creep, effects, rule, shell.damage if inner else (shell.damage + 1) >> 1, shell.tower)
                    if rule.knock > 0:
                        distance = isqrt(apart) + 1
                        share = rule.knock * percent // 100 // creep.rule.mass
                        effects.push_x += dx * share // distance
                        effects.push_y += dy * share // distance
        self.game.events.append((event.BURST, x, y, shell.kind, radius))

"""The last phase of the rules on esper: apply collected effects, and end waves and the match."""

from __future__ import annotations

import esper

from benchmarks.game.esper_components import Chill, Creep, Effects, Game, Health, Position, Velocity
from benchmarks.game.esper_towers import credit
from bulwark.sim import rules
from bulwark.sim.layout import event, score


class RemovalProcessor(esper.Processor):
    """Creeps that reached the goal or died are removed."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Apply damage and healing."""
        for entity, (creep, position, health, effects) in esper.get_components(
            Creep, Position, Health, Effects
        ):
            if creep.steps == 0:
                self._leak(entity, creep, position)
            elif effects.damage > 0 or effects.healed > 0:
                health.hp = min(health.hp + effects.healed, health.full) - effects.damage
                if health.hp <= 0:
                    self._die(entity, creep, position)
                    credit(effects.hit_by)

    def _leak(self, entity: int, creep: Creep, position: Position) -> None:
        numbers = self.game.numbers
        numbers[score.LIVES] -= creep.rule.lives
        numbers[score.LEAKED] += 1
        self._leave(entity, (event.LEAKED, position.x, position.y, creep.kind, creep.rule.lives))

    def _die(self, entity: int, creep: Creep, position: Position) -> None:
        numbers = self.game.numbers
        numbers[score.GOLD] += creep.rule.bounty
        numbers[score.EARNED] += creep.rule.bounty
        numbers[score.KILLED] += 1
        self._leave(entity, (event.DIED, position.x, position.y, creep.kind, creep.rule.bounty))

    def _leave(self, entity: int, event_row: tuple[int, int, int, int, int]) -> None:
        self.game.numbers[score.CREEPS] -= 1
        self.game.events.append(event_row)
        esper.delete_entity(entity)


class SurvivorProcessor(esper.Processor):
    """Surviving creeps receive pushes and slow effects."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Apply the collected effects, and clear them."""
        for _, (effects, velocity, chill) in esper.get_components(Effects, Velocity, Chill):
            velocity.x += effects.push_x
            velocity.y += effects.push_y
            if effects.slow > 0:
                if chill.ticks == 0:
                    chill.percent = 0
                chill.percent = max(chill.percent, effects.chill)
                chill.ticks = max(chill.ticks, effects.slow)
            effects.damage = effects.push_x = effects.push_y = effects.slow = effects.chill = 0
            effects.healed = effects.hit_by = 0


class EndProcessor(esper.Processor):
    """Waves and the match may end."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Check for the end, and count the tick."""
        self._check_end()
        self.game.numbers[score.TICK] += 1

    def _check_end(self) -> None:
        numbers, groups = self.game.numbers, self.game.groups
        if numbers[score.LIVES] <= 0:
            numbers[score.LIVES] = 0
            numbers[score.OUTCOME] = score.LOST
            return
        if numbers[score.CREEPS] > 0 or numbers[score.CLEARED] == numbers[score.WAVE]:
            return
        if any(group.started >= 0 and group.spawned < group.count for group in groups):
            return
        while numbers[score.CLEARED] < numbers[score.WAVE]:
            numbers[score.CLEARED] += 1
            bonus = rules.CLEARED_BONUS + rules.CLEARED_BONUS_PER_WAVE * numbers[score.CLEARED]
            numbers[score.GOLD] += bonus
            numbers[score.EARNED] += bonus
        if numbers[score.WAVE] > groups[-1].wave:
            numbers[score.OUTCOME] = score.WON
        elif numbers[score.AUTO_START]:
            numbers[score.COUNTDOWN] = rules.COUNTDOWN_TICKS

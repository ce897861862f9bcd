"""The last phase of the rules on esper's objects: what was gathered is applied, and waves and the match may end."""

from __future__ import annotations

import esper

from benchmarks.game_esper_components import Chill, Creep, Game, Gathered, Health, Position, Velocity
from benchmarks.game_esper_towers import credit
from bulwark.sim import rules
from bulwark.sim.layout import event, score


class LeavingProcessor(esper.Processor):
    """Those that reached the goal or died leave."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Apply what hurt and what healed."""
        for entity, (creep, position, health, gathered) in esper.get_components(
            Creep, Position, Health, Gathered
        ):
            if creep.steps == 0:
                self._leak(entity, creep, position)
            elif gathered.damage > 0 or gathered.healed > 0:
                health.hp = min(health.hp + gathered.healed, health.full) - gathered.damage
                if health.hp <= 0:
                    self._die(entity, creep, position)
                    credit(gathered.hit_by)

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

    def _leave(self, entity: int, told: tuple[int, int, int, int, int]) -> None:
        self.game.numbers[score.CREEPS] -= 1
        self.game.events.append(told)
        esper.delete_entity(entity)


class SettlingProcessor(esper.Processor):
    """Those that go on take their pushes and their cold."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """Apply what was gathered, and clear it."""
        for _, (gathered, velocity, chill) in esper.get_components(Gathered, Velocity, Chill):
            velocity.x += gathered.push_x
            velocity.y += gathered.push_y
            if gathered.slow > 0:
                if chill.ticks == 0:
                    chill.percent = 0
                chill.percent = max(chill.percent, gathered.chill)
                chill.ticks = max(chill.ticks, gathered.slow)
            gathered.damage = gathered.push_x = gathered.push_y = gathered.slow = gathered.chill = 0
            gathered.healed = gathered.hit_by = 0


class JudgingProcessor(esper.Processor):
    """Waves and the match may end."""

    def __init__(self, game: Game) -> None:
        self.game = game

    def process(self) -> None:
        """See whether they have, and count the tick."""
        self._judge()
        self.game.numbers[score.TICK] += 1

    def _judge(self) -> None:
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

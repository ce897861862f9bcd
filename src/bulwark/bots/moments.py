"""What is of note in a match, with its ticks: what telemetry tells of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from bulwark.sim.commands import Build, Command, Sell, Upgrade
from bulwark.sim.execution import index_of_tower
from bulwark.sim.layout import score, tower
from bulwark.sim.match import Match


class WaveCleared(NamedTuple):
    """The last creep of a wave is gone, `ticks` after the wave began; `wave` counts from 1."""

    tick: int
    wave: int
    ticks: int
    lives: int


class TowerBuilt(NamedTuple):
    """A tower stands; `wave` is how many have begun."""

    tick: int
    wave: int
    kind: int
    column: int
    row: int


class TowerUpgraded(NamedTuple):
    """A tower became of `variant`."""

    tick: int
    wave: int
    kind: int
    variant: int


class TowerSold(NamedTuple):
    """A tower was given up for `refund` gold."""

    tick: int
    wave: int
    kind: int
    refund: int


Moment: TypeAlias = WaveCleared | TowerBuilt | TowerUpgraded | TowerSold


class Diary:
    """A match that is played tick by tick, and its moments, each told when it happens."""

    def __init__(self, match: Match, *, tell: Callable[[Moment], None] | None = None) -> None:
        self.moments: list[Moment] = []
        self._match = match
        self._tell = tell
        self._wave, self._began, self._cleared = 0, 0, 0

    def step(self, command: Command | None = None) -> bool:
        """A tick, with a command or none; whether it was carried out."""
        moment = None if command is None else self._moment(command)
        done = not self._match.step(() if command is None else (command,))
        if moment is not None and done:
            self._note(moment)
        self._follow_waves()
        return done

    def count(self, kind: type[Moment]) -> int:
        """How many moments of a kind there were."""
        return sum(type(moment) is kind for moment in self.moments)

    def _moment(self, command: Command) -> Moment | None:
        """What the command will have been if it is carried out."""
        match, now = self._match, (self._match.tick, self._match.wave)
        if isinstance(command, Build):
            return TowerBuilt(*now, command.kind, command.column, command.row)
        if not isinstance(command, Upgrade | Sell):
            return None
        index = index_of_tower(match.world, command.uid)
        if index < 0:
            return None
        kind, variant = int(match.towers[tower.KIND][index]), int(match.towers[tower.VARIANT][index])
        if isinstance(command, Sell):
            return TowerSold(*now, kind, match.refund(command.uid))
        return TowerUpgraded(*now, kind, variant + 1 + command.branch)

    def _follow_waves(self) -> None:
        numbers = self._match.world.score
        if numbers[score.WAVE] != self._wave:
            self._wave, self._began = self._match.wave, self._match.tick
        while self._cleared < numbers[score.CLEARED]:
            self._cleared += 1
            tick = self._match.tick
            self._note(WaveCleared(tick, self._cleared, tick - self._began, self._match.lives))

    def _note(self, moment: Moment) -> None:
        self.moments.append(moment)
        if self._tell is not None:
            self._tell(moment)

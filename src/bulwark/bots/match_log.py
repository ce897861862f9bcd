"""The notable events of a match with their ticks: what telemetry reports about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from bulwark.sim.commands import Build, Command, Sell, Upgrade
from bulwark.sim.execution import index_of_tower
from bulwark.sim.layout import score, tower
from bulwark.sim.match import Match


class WaveCleared(NamedTuple):
    """A wave was cleared, `ticks` after it started; `wave` counts from 1."""

    tick: int
    wave: int
    ticks: int
    lives: int


class TowerBuilt(NamedTuple):
    """A tower was built; `wave` is how many waves have started."""

    tick: int
    wave: int
    kind: int
    column: int
    row: int


class TowerUpgraded(NamedTuple):
    """A tower was upgraded to `variant`."""

    tick: int
    wave: int
    kind: int
    variant: int


class TowerSold(NamedTuple):
    """A tower was sold for `refund` gold."""

    tick: int
    wave: int
    kind: int
    refund: int


LogEntry: TypeAlias = WaveCleared | TowerBuilt | TowerUpgraded | TowerSold


class MatchLog:
    """Plays a match tick by tick and logs its notable events, each when it happens."""

    def __init__(self, match: Match, *, on_entry: Callable[[LogEntry], None] | None = None) -> None:
        self.entries: list[LogEntry] = []
        self._match = match
        self._on_entry = on_entry
        self._wave, self._began, self._cleared = 0, 0, 0

    def step(self, command: Command | None = None) -> bool:
        """Play one tick, with a command or none; returns whether the command was executed."""
        entry = None if command is None else self._entry_of(command)
        executed = not self._match.step(() if command is None else (command,))
        if entry is not None and executed:
            self._note(entry)
        self._follow_waves()
        return executed

    def count(self, kind: type[LogEntry]) -> int:
        """How many entries of a kind there are."""
        return sum(type(entry) is kind for entry in self.entries)

    def _entry_of(self, command: Command) -> LogEntry | None:
        """The entry if the command is executed."""
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

    def _note(self, entry: LogEntry) -> None:
        self.entries.append(entry)
        if self._on_entry is not None:
            self._on_entry(entry)

"""Positions between two ticks, for smooth drawing. Nothing here changes the match."""

from __future__ import annotations

from collections.abc import Mapping

from bulwark.sim.layout import creep, shell, tower_rule
from bulwark.sim.match import Match
from bulwark.sim.rules import TOWER_RULES

# Nothing moves this far in one tick: a larger difference is not a movement.
_MAX_STEP = 1024.0


class Interpolation:
    """Remembers where creeps were one tick ago, by uid, to draw them `fraction` of the way from there."""

    def __init__(self) -> None:
        self._before: Mapping[int, tuple[int, int]] = {}

    def remember(self, match: Match) -> None:
        """Store the creeps' positions, just before a tick."""
        count, creeps = match.creep_count, match.creeps
        places = zip(creeps[creep.X][:count], creeps[creep.Y][:count], strict=True)
        self._before = dict(zip(creeps[creep.UID][:count], places, strict=True))

    def creeps(self, match: Match, fraction: float) -> list[tuple[float, float]]:
        """Each creep's drawn position, in table order; a creep that has just spawned is where it spawned."""
        count, creeps = match.creep_count, match.creeps
        before, rest = self._before, 1.0 - fraction
        positions = []
        for uid, x, y in zip(
            creeps[creep.UID][:count], creeps[creep.X][:count], creeps[creep.Y][:count], strict=True
        ):
            old_x, old_y = before.get(uid, (x, y))
            if abs(old_x - x) > _MAX_STEP or abs(old_y - y) > _MAX_STEP:
                old_x, old_y = x, y
            positions.append((x - (x - old_x) * rest, y - (y - old_y) * rest))
        return positions


def shell_position(match: Match, p: int, fraction: float) -> tuple[float, float, float]:
    """Shell `p`'s drawn position and height. Shells have no uid, so they are drawn back along their known course."""
    shells, rest = match.shells, 1.0 - fraction
    x, y, z = shells[shell.X][p], shells[shell.Y][p], shells[shell.Z][p]
    rule = TOWER_RULES[shells[shell.ROW][p]]
    if rule.flight == tower_rule.BALLISTIC:
        return (
            x - shells[shell.VX][p] / 256 * rest,
            y - shells[shell.VY][p] / 256 * rest,
            max(z - shells[shell.VZ][p] / 256 * rest, 0.0),
        )
    across, down = shells[shell.TO_X][p] - x, shells[shell.TO_Y][p] - y
    distance = max((across * across + down * down) ** 0.5, 1.0)
    return x - across / distance * rule.speed * rest, y - down / distance * rule.speed * rest, 0.0

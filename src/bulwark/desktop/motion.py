"""Where everything is between two ticks. Nothing here writes to the match."""

from __future__ import annotations

from collections.abc import Mapping

from bulwark.sim.layout import creep, shell, tower_rule
from bulwark.sim.match import Match
from bulwark.sim.rules import TOWER_RULES

# Farther than anything goes in a tick: what is that far apart has not moved there.
_JUMP = 1024.0


class Motion:
    """Remembers where creeps were a tick ago, by uid, for drawing them `fraction` of the way since."""

    def __init__(self) -> None:
        self._before: Mapping[int, tuple[int, int]] = {}

    def remember(self, match: Match) -> None:
        """Keep where the creeps are, just before a tick."""
        count, creeps = match.creep_count, match.creeps
        places = zip(creeps[creep.X][:count], creeps[creep.Y][:count], strict=True)
        self._before = dict(zip(creeps[creep.UID][:count], places, strict=True))

    def creeps(self, match: Match, fraction: float) -> list[tuple[float, float]]:
        """Where each creep is drawn, in the order of their table; one that has just come is where it came."""
        count, creeps = match.creep_count, match.creeps
        before, rest = self._before, 1.0 - fraction
        found = []
        for uid, x, y in zip(
            creeps[creep.UID][:count], creeps[creep.X][:count], creeps[creep.Y][:count], strict=True
        ):
            old_x, old_y = before.get(uid, (x, y))
            if abs(old_x - x) > _JUMP or abs(old_y - y) > _JUMP:
                old_x, old_y = x, y
            found.append((x - (x - old_x) * rest, y - (y - old_y) * rest))
        return found


def shell_place(match: Match, p: int, fraction: float) -> tuple[float, float, float]:
    """Where shell `p` is drawn, and how high. Shells have no uid, but their way is known: they are drawn back along it."""
    shells, rest = match.shells, 1.0 - fraction
    x, y, z = shells[shell.X][p], shells[shell.Y][p], shells[shell.Z][p]
    rule = TOWER_RULES[shells[shell.ROW][p]]
    if rule.flight == tower_rule.FALLS:
        return (
            x - shells[shell.VX][p] / 256 * rest,
            y - shells[shell.VY][p] / 256 * rest,
            max(z - shells[shell.VZ][p] / 256 * rest, 0.0),
        )
    across, down = shells[shell.TO_X][p] - x, shells[shell.TO_Y][p] - y
    distance = max((across * across + down * down) ** 0.5, 1.0)
    return x - across / distance * rule.speed * rest, y - down / distance * rule.speed * rest, 0.0

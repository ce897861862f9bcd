"""What a screen needs of a match, as one array of 32-bit numbers that a worker can transfer without a copy.

First the header, then each table column by column, with as many rows as the header says. `LAYOUT` names them all, so
that the page finds a column by its name.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from bulwark.sim.layout import creep, physics, score, shell, tower
from bulwark.sim.match import Match

# The seed is the only number that may not fit into signed 32 bits.
_SCORE: Sequence[int] = tuple(at for at, name in enumerate(score.NAMES) if name != "seed")
_CREEP: Mapping[str, int] = {
    "uid": creep.UID, "kind": creep.KIND, "x": creep.X, "y": creep.Y, "vx": creep.VX, "vy": creep.VY,
    "hp": creep.HP, "full": creep.FULL, "slow": creep.SLOW,
}  # fmt: skip
_SHELL: Mapping[str, int] = {
    "kind": shell.KIND, "row": shell.ROW, "x": shell.X, "y": shell.Y, "z": shell.Z, "vx": shell.VX, "vy": shell.VY,
    "vz": shell.VZ, "target": shell.TARGET, "to_x": shell.TO_X, "to_y": shell.TO_Y,
}  # fmt: skip
_EVENT = ("kind", "x", "y", "a", "b")

LAYOUT: Mapping[str, Sequence[str]] = {
    # After the score and the physical constants: the rows of `events`, and how often walls have changed since the match
    # was opened.
    "header": (*(score.NAMES[at] for at in _SCORE), *physics.NAMES, "events", "walls"),
    "creeps": tuple(_CREEP),
    "towers": tower.NAMES,
    "shells": tuple(_SHELL),
    "events": _EVENT,
}


class EventBuffer:
    """The events of several ticks, so that a screen drawn after several ticks misses none."""

    def __init__(self) -> None:
        self._columns: list[list[int]] = [[] for _ in _EVENT]

    def note(self, match: Match) -> None:
        """Add the events of the last tick."""
        count = match.event_count
        for kept, column in zip(self._columns, match.events, strict=True):
            kept.extend(column[:count])

    def take(self) -> list[list[int]]:
        """The columns of all buffered events; clears the buffer."""
        taken, self._columns = self._columns, [[] for _ in _EVENT]
        return taken


def encode(match: Match, events: Sequence[Sequence[int]], *, walls: int) -> array[int]:
    """The snapshot of the match now."""
    numbers = array("i", [match.world.score[at] for at in _SCORE])
    numbers.extend(match.world.physics)
    numbers.extend((len(events[0]), walls))
    for column in _CREEP.values():
        numbers.extend(match.creeps[column][: match.creep_count])
    for column in range(len(tower.NAMES)):
        numbers.extend(match.towers[column][: match.tower_count])
    for column in _SHELL.values():
        numbers.extend(match.shells[column][: match.shell_count])
    for kept in events:
        numbers.extend(kept)
    return numbers

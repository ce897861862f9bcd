"""Hints for a newcomer on the first map, one sentence at a time: each disappears once the player has done it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bulwark.sim.layout import score, tower
from bulwark.sim.match import Match

_KNOWN_BY_WAVE = 4  # by then a player knows this


class HintContext(NamedTuple):
    """What a hint's condition can look at."""

    match: Match
    picked_tower: bool
    selected: int | None


class Hint(NamedTuple):
    """A sentence, the part of the screen it points at, and the condition that makes it unnecessary.

    `{name}` in the text is replaced by the key of that action.
    """

    text: str
    points_at: str
    done: Callable[[HintContext], bool]


def _towers(at: HintContext, least: int) -> bool:
    return at.match.tower_count >= least


HINTS: Sequence[Hint] = (
    Hint(
        "Creeps follow the arrows to the gate. Pick a tower to stop them: click one, or press {tower-by-number}.",
        "build",
        lambda at: at.picked_tower or _towers(at, 1),
    ),
    Hint(
        "Place it beside the path, so that much of the path is inside its ring.",
        "field",
        lambda at: _towers(at, 1),
    ),
    Hint(
        "Creeps walk around towers. Build a wall of towers to make the path longer. Place two more.",
        "field",
        lambda at: _towers(at, 3) or at.match.wave >= 1,
    ),
    Hint(
        "Here is the next wave. Start it when you are ready: {start-wave}.",
        "wave",
        lambda at: at.match.wave >= 1,
    ),
    Hint(
        "Each kill earns gold. Build more, even while paused: {pause}.",
        "build",
        lambda at: _towers(at, 4) or int(at.match.world.score[score.CLEARED]) >= 1,
    ),
    Hint(
        "Select one of your towers to upgrade or sell it.",
        "field",
        lambda at: at.selected is not None or _upgraded(at.match) or at.match.wave >= _KNOWN_BY_WAVE,
    ),
    Hint(
        "Upgrade it: at the third upgrade you choose between two branches.",
        "tower",
        lambda at: _upgraded(at.match) or at.match.wave >= _KNOWN_BY_WAVE,
    ),
    Hint(
        "Starting a wave early earns one gold for every second saved. {speed} speeds up the game.",
        "wave",
        lambda at: at.match.wave >= _KNOWN_BY_WAVE,
    ),
)


def _upgraded(match: Match) -> bool:
    return any(match.towers[tower.VARIANT][: match.tower_count])


class Guide:
    """Steps through the hints; a hint that was completed is not shown again in the match."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self._at = 0

    @property
    def finished(self) -> bool:
        """Whether all hints are completed."""
        return self._at >= len(HINTS)

    def current(self, context: HintContext) -> Hint | None:
        """The hint to show now, if any."""
        while not self.finished and HINTS[self._at].done(context):
            self._at += 1
        return None if self.finished or not self.shown else HINTS[self._at]

    def skip(self) -> None:
        """Mark the current hint as read."""
        self._at += 1

    def toggle(self) -> None:
        """Show or hide the hints; starts over if all were completed."""
        self.shown = not self.shown or self.finished
        if self.finished:
            self._at = 0

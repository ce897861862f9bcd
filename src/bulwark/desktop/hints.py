"""What a newcomer is told in the first map, a sentence at a time: each goes when they have done it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bulwark.sim.layout import score, tower
from bulwark.sim.match import Match

_KNOWN_BY_WAVE = 4  # who has come so far needs no more telling


class Looking(NamedTuple):
    """What a hint asks of the screen."""

    match: Match
    holds_tower: bool
    chosen: int | None


class Hint(NamedTuple):
    """A sentence, where it points (a part of the screen), and when it is no longer needed.

    `{name}` in the text is replaced by the key of that action.
    """

    text: str
    points_at: str
    done: Callable[[Looking], bool]


def _towers(at: Looking, least: int) -> bool:
    return at.match.tower_count >= least


HINTS: Sequence[Hint] = (
    Hint(
        "Creeps will walk the dotted way to the gate. Choose a tower to stop them: click one, or press {tower-1}.",
        "build",
        lambda at: at.holds_tower or _towers(at, 1),
    ),
    Hint(
        "Place it beside the way, so that much of the way is inside its ring.",
        "field",
        lambda at: _towers(at, 1),
    ),
    Hint(
        "Towers stand in the way, and creeps walk around them. Build a wall of them and make the way long. Place two more.",
        "field",
        lambda at: _towers(at, 3) or at.match.wave >= 1,
    ),
    Hint(
        "Here is what comes next. Start the wave when you are ready: {start-wave}.",
        "wave",
        lambda at: at.match.wave >= 1,
    ),
    Hint(
        "Each creep that falls brings gold. Build more, even while you pause: {pause}.",
        "build",
        lambda at: _towers(at, 4) or int(at.match.world.score[score.CLEARED]) >= 1,
    ),
    Hint(
        "Choose one of your towers to make it stronger, or to sell it.",
        "field",
        lambda at: at.chosen is not None or _upgraded(at.match) or at.match.wave >= _KNOWN_BY_WAVE,
    ),
    Hint(
        "Upgrade it: the third step is a choice of two.",
        "tower",
        lambda at: _upgraded(at.match) or at.match.wave >= _KNOWN_BY_WAVE,
    ),
    Hint(
        "Starting a wave early pays gold for every second left. {speed} makes time pass faster.",
        "wave",
        lambda at: at.match.wave >= _KNOWN_BY_WAVE,
    ),
)


def _upgraded(match: Match) -> bool:
    return any(match.towers[tower.VARIANT][: match.tower_count])


class Guide:
    """Goes through the hints with the player; one that was done is not shown again in the match."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self._at = 0

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be told."""
        return self._at >= len(HINTS)

    def current(self, looking: Looking) -> Hint | None:
        """The hint for now."""
        while not self.finished and HINTS[self._at].done(looking):
            self._at += 1
        return None if self.finished or not self.shown else HINTS[self._at]

    def skip(self) -> None:
        """The player has read it."""
        self._at += 1

    def again(self) -> None:
        """Show them, from the first that was not done; from the very first where all were."""
        self.shown = not self.shown or self.finished
        if self.finished:
            self._at = 0

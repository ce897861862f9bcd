"""The fixed timestep: however often a screen is drawn, the match goes on in whole ticks."""

from __future__ import annotations

from fractions import Fraction

from bulwark.sim.rules import TICKS_PER_SECOND

_MICROSECONDS = 1_000_000
# After a pause of the machine the match does not catch up for more than a quarter of a second a frame.
_LONGEST_FRAME = _MICROSECONDS // 4


class Pacer:
    """Turns elapsed time into ticks, and keeps what is left for the next frame.

    What is left is counted in microseconds times ticks, so that nothing is lost to rounding: the same time in
    other pieces gives the same ticks.
    """

    def __init__(self) -> None:
        self._left = 0

    def advance(self, elapsed: int, *, speed: int = 1, paused: bool = False) -> tuple[int, Fraction]:
        """The ticks that are due after `elapsed` microseconds, and how far drawing is into the next one (0 to 1)."""
        if not paused:
            self._left += min(max(elapsed, 0), _LONGEST_FRAME) * speed * TICKS_PER_SECOND
        ticks, self._left = divmod(self._left, _MICROSECONDS)
        return ticks, Fraction(self._left, _MICROSECONDS)

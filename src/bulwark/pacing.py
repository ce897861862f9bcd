"""The fixed timestep: whatever the frame rate, the match advances in whole ticks."""

from __future__ import annotations

from fractions import Fraction

from bulwark.sim.rules import TICKS_PER_SECOND

_MICROSECONDS = 1_000_000
# After a stall of the machine the match catches up by at most a quarter of a second per frame.
_MAX_FRAME = _MICROSECONDS // 4


class Pacer:
    """Turns elapsed time into ticks, and carries the remainder over to the next frame.

    The remainder is counted in microseconds times ticks, so nothing is lost to rounding: the same time in
    different pieces gives the same ticks.
    """

    def __init__(self) -> None:
        self._remainder = 0

    def advance(self, elapsed: int, *, speed: int = 1, paused: bool = False) -> tuple[int, Fraction]:
        """The ticks due after `elapsed` microseconds, and how far drawing is into the next one (0 to 1)."""
        if not paused:
            self._remainder += min(max(elapsed, 0), _MAX_FRAME) * speed * TICKS_PER_SECOND
        ticks, self._remainder = divmod(self._remainder, _MICROSECONDS)
        return ticks, Fraction(self._remainder, _MICROSECONDS)

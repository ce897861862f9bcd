"""Where the parts of the play screen are."""

from __future__ import annotations

from dataclasses import dataclass

from bulwark.desktop.scene.camera import Area

TOP = 54.0
BOTTOM = 112.0
SIDE = 276.0
_GAP = 8.0
_WAVE = 300.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout for a screen of this size."""

    width: float
    height: float

    @property
    def top(self) -> Area:
        """Lives, gold, waves; speed and pause."""
        return Area(0, 0, self.width, TOP)

    @property
    def field(self) -> Area:
        """The map."""
        return Area(0, TOP, self.width - SIDE, self.height - TOP - BOTTOM)

    @property
    def build(self) -> Area:
        """The build bar."""
        return Area(0, self.height - BOTTOM, self.width - SIDE, BOTTOM)

    @property
    def wave(self) -> Area:
        """The next wave."""
        return Area(self.width - SIDE + _GAP, TOP + _GAP, SIDE - 2 * _GAP, _WAVE - _GAP)

    @property
    def tower(self) -> Area:
        """The selected tower."""
        top = TOP + _WAVE + _GAP
        return Area(self.width - SIDE + _GAP, top, SIDE - 2 * _GAP, self.height - top - _GAP)

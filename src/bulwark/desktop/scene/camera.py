"""Which part of a map is visible and how large: converts between match units and screen units."""

from __future__ import annotations

from dataclasses import dataclass

from bulwark.desktop.scene.nodes import Transform
from bulwark.sim.maps import Map
from bulwark.sim.rules import CELL

_MAX_ZOOM = 3.0
_PADDING_SHOWN = 0.35  # cells of padding visible around the map


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the screen, in screen units."""

    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        """Whether the point is inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


class Camera:
    """Shows a map in an area; `zoom` 1 shows the whole map."""

    def __init__(self, game_map: Map, area: Area) -> None:
        self._game_map = game_map
        self.area = area
        self.zoom = 1.0
        self._x = (game_map.width + 2) * CELL / 2
        self._y = (game_map.height + 2) * CELL / 2

    @property
    def scale(self) -> float:
        """Screen units per match unit."""
        across = self.area.width / ((self._game_map.width + 2 * _PADDING_SHOWN) * CELL)
        down = self.area.height / ((self._game_map.height + 2 * _PADDING_SHOWN) * CELL)
        return min(across, down) * self.zoom

    @property
    def transform(self) -> Transform:
        """The transform of the scene's root node."""
        middle_x, middle_y = self.area.x + self.area.width / 2, self.area.y + self.area.height / 2
        return Transform(middle_x - self._x * self.scale, middle_y - self._y * self.scale, 0.0, self.scale)

    def resize(self, area: Area) -> None:
        """Use another area."""
        self.area = area
        self._stay_inside()

    def zoom_at(self, x: float, y: float, *, factor: float) -> None:
        """Zoom in or out, keeping what is under (x, y) in place."""
        unit_x, unit_y = self.units(x, y)
        self.zoom = min(max(self.zoom * factor, 1.0), _MAX_ZOOM)
        moved_x, moved_y = self.units(x, y)
        self._x += unit_x - moved_x
        self._y += unit_y - moved_y
        self._stay_inside()

    def pan(self, across: float, down: float) -> None:
        """Move the map by this distance on the screen."""
        self._x -= across / self.scale
        self._y -= down / self.scale
        self._stay_inside()

    def show(self, column: int, row: int) -> None:
        """Move only as far as needed to bring a cell and its neighbours into view."""
        x, y = (column + 1.5) * CELL, (row + 1.5) * CELL
        half_x = self.area.width / self.scale / 2 - 1.5 * CELL
        half_y = self.area.height / self.scale / 2 - 1.5 * CELL
        self._x = min(max(self._x, x - half_x), x + half_x)
        self._y = min(max(self._y, y - half_y), y + half_y)
        self._stay_inside()

    def units(self, x: float, y: float) -> tuple[float, float]:
        """The match position under a screen position."""
        at = self.transform
        return (x - at.x) / at.scale, (y - at.y) / at.scale

    def screen(self, x: float, y: float) -> tuple[float, float]:
        """The screen position of a match position."""
        at = self.transform
        return at.x + x * at.scale, at.y + y * at.scale

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """The map column and row under a screen position; outside the map they are out of range."""
        unit_x, unit_y = self.units(x, y)
        return int(unit_x // CELL) - 1, int(unit_y // CELL) - 1

    def _stay_inside(self) -> None:
        """Show no more than the padding around the map; centre a map that is smaller than the area."""
        self._x = self._clamped(self._x, self.area.width, self._game_map.width)
        self._y = self._clamped(self._y, self.area.height, self._game_map.height)

    def _clamped(self, at: float, size: float, cells: int) -> float:
        half = size / self.scale / 2
        low = (1 - _PADDING_SHOWN) * CELL + half
        high = (cells + 1 + _PADDING_SHOWN) * CELL - half
        return min(max(at, low), high) if low <= high else (cells + 2) * CELL / 2

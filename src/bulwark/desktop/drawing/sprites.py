"""The atlas's frames as surfaces of a given size and rotation, cached."""

from __future__ import annotations

from math import tau

import pygame

from bulwark.assets.built import HINT, Atlas, Frame
from bulwark.desktop.drawing.pictures import decoded
from bulwark.errors import AssetError

TURNS = 64  # steps of rotation: differences below 5.6 degrees are not visible
SHADES = 8
_TURNS_PER_RADIAN = TURNS / tau
_MAX_CACHED = 6_000


class Sprites:
    """The frames by name. Raises AssetError if the atlas cannot be read or has no such frame."""

    def __init__(self, atlas: Atlas) -> None:
        try:
            self._picture = decoded(atlas.image).convert_alpha()
        except (OSError, pygame.error) as error:
            raise AssetError(f"The atlas cannot be read: {error}.", hint=HINT) from error
        self._atlas = atlas
        self._cache: dict[tuple[str, int, int, int], pygame.Surface] = {}

    def cells(self, name: str) -> float:
        """The width of a frame in map cells."""
        return self._frame(name).width / self._atlas.cell

    def get(self, name: str, width: float, *, angle: float = 0.0, opacity: float = 1.0) -> pygame.Surface:
        """The frame, `width` pixels wide before it is rotated by `angle` (radians, clockwise)."""
        key = (
            name,
            int(width + 0.5) or 1,
            int(angle * _TURNS_PER_RADIAN + 1024.5) % TURNS,
            int(opacity * SHADES + 0.5),
        )
        sprite = self._cache.get(key)
        if sprite is None:
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            sprite = self._cache[key] = self._render(*key)
        return sprite

    def _render(self, name: str, width: int, turn: int, shade: int) -> pygame.Surface:
        if shade < SHADES:
            whole = self.get(name, width, angle=turn / TURNS * tau).copy()
            whole.fill((255, 255, 255, 255 * shade // SHADES), special_flags=pygame.BLEND_RGBA_MULT)
            return whole
        if turn:
            return pygame.transform.rotozoom(self.get(name, width), -360.0 * turn / TURNS, 1.0)
        frame = self._frame(name)
        height = max(round(width * frame.height / frame.width), 1)
        return pygame.transform.smoothscale(self._picture.subsurface(frame), (width, height))

    def _frame(self, name: str) -> Frame:
        try:
            return self._atlas.frames[name]
        except KeyError as error:
            raise AssetError(f"The atlas has no frame {name!r}.", hint=HINT) from error

"""Draws on a surface in the screen's own units, at whatever size and density the window is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import pygame

from bulwark.desktop.drawing.palette import EDGE, PANEL, TEXT, Colour
from bulwark.desktop.drawing.sprites import Sprites

Anchor: TypeAlias = Literal["topleft", "midleft", "center", "midright", "topright", "midtop", "midbottom"]
Place: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]

# The window that the screens are designed for; a larger one shows the same larger, a wider one more.
DESIGNED = (1200, 750)
_MOST_TEXTS = 1_500
_MOST_VEILS = 40
_EM = 1.4  # pygame makes its own font smaller than it is asked for


class Painter:
    """Knows the surface, the sprites and the fonts."""

    def __init__(self, surface: pygame.Surface, sprites: Sprites) -> None:
        self.sprites = sprites
        self._fonts: dict[int, pygame.font.Font] = {}
        self._texts: dict[tuple[str, int, Colour, int], pygame.Surface] = {}
        self._veils: dict[tuple[tuple[int, int], Colour, int, int, int], pygame.Surface] = {}
        self.resize(surface)

    def resize(self, surface: pygame.Surface) -> None:
        """Draw on another surface from now on."""
        self.surface = surface
        self.scale = max(min(surface.width / DESIGNED[0], surface.height / DESIGNED[1]), 0.25)

    @property
    def width(self) -> float:
        """Of the screen, in its units."""
        return self.surface.width / self.scale

    @property
    def height(self) -> float:
        """Of the screen, in its units."""
        return self.surface.height / self.scale

    def pixels(self, box: Box) -> pygame.Rect:
        """A box in pixels, without gaps between neighbours."""
        x, y, width, height = box
        left, top = round(x * self.scale), round(y * self.scale)
        right, bottom = round((x + width) * self.scale), round((y + height) * self.scale)
        return pygame.Rect(left, top, right - left, bottom - top)

    def box(
        self, box: Box, colour: Colour, *, radius: float = 0.0, opacity: float = 1.0, edge: float = 0.0
    ) -> None:
        """A rectangle, filled, or only its edge of such a width."""
        rect, rounded = self.pixels(box), round(radius * self.scale)
        width = max(round(edge * self.scale), 1) if edge else 0
        if opacity >= 1.0:
            pygame.draw.rect(self.surface, colour, rect, width, rounded)
            return
        self.surface.blit(self._veil(rect.size, colour, rounded, width, round(255 * opacity)), rect)

    def _veil(
        self, size: tuple[int, int], colour: Colour, rounded: int, width: int, shade: int
    ) -> pygame.Surface:
        """A rectangle that is seen through, made once."""
        key = (size, colour, rounded, width, shade)
        veil = self._veils.get(key)
        if veil is None:
            if len(self._veils) >= _MOST_VEILS:
                self._veils.clear()
            veil = self._veils[key] = pygame.Surface(size, pygame.SRCALPHA)
            pygame.draw.rect(veil, (*colour, shade), veil.get_rect(), width, rounded)
        return veil

    def panel(self, box: Box, *, opacity: float = 1.0, radius: float = 10.0) -> None:
        """The ground of a group of things."""
        self.box(box, PANEL, radius=radius, opacity=opacity)
        self.box(box, EDGE, radius=radius, edge=1.0)

    def circle(self, at: Place, radius: float, colour: Colour, *, edge: float = 0.0) -> None:
        """A circle, filled, or only its edge of such a width."""
        middle = (at[0] * self.scale, at[1] * self.scale)
        width = max(round(edge * self.scale), 1) if edge else 0
        pygame.draw.aacircle(self.surface, colour, middle, max(radius * self.scale, 1), width)

    def line(self, places: Sequence[Place], colour: Colour, *, width: float = 1.0) -> None:
        """A line through places."""
        points = [(x * self.scale, y * self.scale) for x, y in places]
        thick = max(round(width * self.scale), 1)
        for begin, end in pairwise(points):
            pygame.draw.aaline(self.surface, colour, begin, end, thick)

    def polygon(self, places: Sequence[Place], colour: Colour) -> None:
        """A filled shape."""
        pygame.draw.polygon(self.surface, colour, [(x * self.scale, y * self.scale) for x, y in places])

    def icon(self, name: str, at: Place, size: float, *, opacity: float = 1.0, angle: float = 0.0) -> None:
        """A frame of the atlas with its middle at a place, `size` wide."""
        picture = self.sprites.get(name, size * self.scale, angle=angle, opacity=opacity)
        self.surface.blit(picture, picture.get_rect(center=(at[0] * self.scale, at[1] * self.scale)))

    def text(
        self,
        words: str,
        at: Place,
        *,
        size: float = 16.0,
        colour: Colour = TEXT,
        anchor: Anchor = "topleft",
        wrap: float = 0.0,
        opacity: float = 1.0,
    ) -> float:
        """Words at a place; broken into lines of `wrap` units at most. Gives the height that they take."""
        drawn = self.written(words, size=size, colour=colour, wrap=wrap)
        rect = drawn.get_rect()
        setattr(rect, anchor, (round(at[0] * self.scale), round(at[1] * self.scale)))
        if opacity < 1.0:
            drawn = drawn.copy()
            drawn.set_alpha(round(255 * opacity))
        self.surface.blit(drawn, rect)
        return drawn.height / self.scale

    def written(self, words: str, *, size: float, colour: Colour, wrap: float = 0.0) -> pygame.Surface:
        """Words as a surface, made once."""
        pixels = max(round(size * self.scale), 6)
        key = (words, pixels, colour, round(wrap * self.scale))
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            found = self._texts[key] = self._write(words, pixels, colour, key[3])
        return found

    def _write(self, words: str, pixels: int, colour: Colour, wrap: int) -> pygame.Surface:
        """Written twice as large and made smaller: letters keep the distances that they are drawn for."""
        font = self._fonts.get(pixels)
        if font is None:
            font = self._fonts[pixels] = pygame.font.Font(None, round(2 * pixels * _EM))
        large = font.render(words, True, colour, wraplength=2 * wrap)  # noqa: FBT003  pygame's
        return pygame.transform.smoothscale(large.convert_alpha(), (large.width // 2, large.height // 2))

    def width_of(self, words: str, *, size: float) -> float:
        """How wide words are."""
        return self.written(words, size=size, colour=TEXT).width / self.scale

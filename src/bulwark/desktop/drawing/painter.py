"""Draws on a surface in screen units, whatever the size and density of the window."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import pygame

from bulwark.desktop.drawing.palette import EDGE, HIGH_CONTRAST, PANEL, TEXT, Colour
from bulwark.desktop.drawing.sprites import Sprites

Anchor: TypeAlias = Literal["topleft", "midleft", "center", "midright", "topright", "midtop", "midbottom"]
Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]

# The window size the screens are designed for; a larger window scales them up, a wider one shows more.
DESIGN_SIZE = (1200, 750)
_MAX_TEXTS = 1_500
_MAX_OVERLAYS = 40
# Larger text enlarges small print most, so that headings still fit where they are.
_LARGER, _LARGE_ENOUGH = 1.25, 19.0
_SMALLEST = 6  # pixels
_EM = 1.4  # pygame renders its default font smaller than requested


class Painter:
    """Holds the surface, the sprites and the fonts."""

    def __init__(self, surface: pygame.Surface, sprites: Sprites) -> None:
        self.sprites = sprites
        self.larger_text = False
        self.high_contrast = False
        self._fonts: dict[int, pygame.font.Font] = {}
        self._texts: dict[tuple[str, int, Colour, int], pygame.Surface] = {}
        self._overlays: dict[tuple[tuple[int, int], Colour, int, int, int], pygame.Surface] = {}
        self.resize(surface)

    def resize(self, surface: pygame.Surface) -> None:
        """Use another surface from now on."""
        self.surface = surface
        self.scale = max(min(surface.width / DESIGN_SIZE[0], surface.height / DESIGN_SIZE[1]), 0.25)

    @property
    def width(self) -> float:
        """The screen's width in screen units."""
        return self.surface.width / self.scale

    @property
    def height(self) -> float:
        """The screen's height in screen units."""
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
        """A rectangle, filled, or an outline `edge` units wide."""
        colour = self._shade(colour)
        rect, rounded = self.pixels(box), round(radius * self.scale)
        width = max(round(edge * self.scale), 1) if edge else 0
        if opacity >= 1.0:
            pygame.draw.rect(self.surface, colour, rect, width, rounded)
            return
        self.surface.blit(self._overlay(rect.size, colour, rounded, width, round(255 * opacity)), rect)

    def _overlay(
        self, size: tuple[int, int], colour: Colour, rounded: int, width: int, shade: int
    ) -> pygame.Surface:
        """A translucent rectangle, cached."""
        key = (size, colour, rounded, width, shade)
        overlay = self._overlays.get(key)
        if overlay is None:
            if len(self._overlays) >= _MAX_OVERLAYS:
                self._overlays.clear()
            overlay = self._overlays[key] = pygame.Surface(size, pygame.SRCALPHA)
            pygame.draw.rect(overlay, (*colour, shade), overlay.get_rect(), width, rounded)
        return overlay

    def panel(self, box: Box, *, opacity: float = 1.0, radius: float = 10.0) -> None:
        """The background of a group of things."""
        self.box(box, PANEL, radius=radius, opacity=opacity)
        self.box(box, EDGE, radius=radius, edge=1.0)

    def circle(self, at: Point, radius: float, colour: Colour, *, edge: float = 0.0) -> None:
        """A circle, filled, or an outline `edge` units wide."""
        middle = (at[0] * self.scale, at[1] * self.scale)
        width = max(round(edge * self.scale), 1) if edge else 0
        pygame.draw.aacircle(self.surface, self._shade(colour), middle, max(radius * self.scale, 1), width)

    def line(self, points: Sequence[Point], colour: Colour, *, width: float = 1.0) -> None:
        """A line through points."""
        pixels = [(x * self.scale, y * self.scale) for x, y in points]
        thick = max(round(width * self.scale), 1)
        for begin, end in pairwise(pixels):
            pygame.draw.aaline(self.surface, self._shade(colour), begin, end, thick)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled shape."""
        pygame.draw.polygon(self.surface, colour, [(x * self.scale, y * self.scale) for x, y in points])

    def icon(self, name: str, at: Point, size: float, *, opacity: float = 1.0, angle: float = 0.0) -> None:
        """A frame of the atlas centred on a point, `size` wide."""
        picture = self.sprites.get(name, size * self.scale, angle=angle, opacity=opacity)
        self.surface.blit(picture, picture.get_rect(center=(at[0] * self.scale, at[1] * self.scale)))

    def text(
        self,
        text: str,
        at: Point,
        *,
        size: float = 16.0,
        colour: Colour = TEXT,
        anchor: Anchor = "topleft",
        wrap: float = 0.0,
        fit: float = 0.0,
        opacity: float = 1.0,
    ) -> float:
        """Text at a point, broken into lines of at most `wrap` units, or made as small as needed to be at most `fit` wide.

        Returns the height used.
        """
        drawn, pixels = self.rendered(text, size=size, colour=colour, wrap=wrap), self._font_pixels(size)
        while fit and drawn.width > fit * self.scale and pixels > _SMALLEST:
            pixels -= 1
            drawn = self._cached(text, pixels, colour, 0)
        rect = drawn.get_rect()
        setattr(rect, anchor, (round(at[0] * self.scale), round(at[1] * self.scale)))
        if opacity < 1.0:
            drawn = drawn.copy()
            drawn.set_alpha(round(255 * opacity))
        self.surface.blit(drawn, rect)
        return drawn.height / self.scale

    def rendered(self, text: str, *, size: float, colour: Colour, wrap: float = 0.0) -> pygame.Surface:
        """Text as a surface, cached."""
        return self._cached(text, self._font_pixels(size), colour, round(wrap * self.scale))

    def _font_pixels(self, size: float) -> int:
        if self.larger_text:
            size = max(size, min(size * _LARGER, _LARGE_ENOUGH))
        return max(round(size * self.scale), _SMALLEST)

    def _cached(self, text: str, pixels: int, colour: Colour, wrap: int) -> pygame.Surface:
        key = (text, pixels, self._shade(colour), wrap)
        rendered = self._texts.get(key)
        if rendered is None:
            if len(self._texts) >= _MAX_TEXTS:
                self._texts.clear()
            rendered = self._texts[key] = self._render(*key)
        return rendered

    def _render(self, text: str, pixels: int, colour: Colour, wrap: int) -> pygame.Surface:
        """Rendered at twice the size and scaled down, so that letter spacing comes out right."""
        font = self._fonts.get(pixels)
        if font is None:
            font = self._fonts[pixels] = pygame.font.Font(None, round(2 * pixels * _EM))
        large = font.render(_drawable(text), True, colour, wraplength=2 * wrap)  # noqa: FBT003  pygame's
        return pygame.transform.smoothscale(large.convert_alpha(), (large.width // 2, large.height // 2))

    def _shade(self, colour: Colour) -> Colour:
        return HIGH_CONTRAST.get(colour, colour) if self.high_contrast else colour

    def width_of(self, text: str, *, size: float) -> float:
        """The width of a text."""
        return self.rendered(text, size=size, colour=TEXT).width / self.scale


def _drawable(text: str) -> str:
    """The text with a mark for what no font has: bytes of a file's name that are not UTF-8, and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")

"""Draws a flattened scene and the ground below it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pygame

from bulwark.assets.built import HINT
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import BLACK, GREEN, NIGHT, TINTS, VERMILLION, YELLOW, Colour
from bulwark.desktop.drawing.pictures import decoded
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.scene.nodes import Bar, Disc, Label, Line, Placed, Sprite, Transform
from bulwark.errors import AssetError
from bulwark.sim.randomness import hash32
from bulwark.sim.rules import CELL

GROUND_PIXELS = 64  # per cell, as built by the assets
_HURT, _DYING = 0.6, 0.3
_JAGS = 5
_MAX_OVERLAYS = 64
_GROUND_DIMMED = 0.55  # under high contrast, so that what moves stands out


class Ground:
    """A map's ground image, scaled to the current zoom."""

    def __init__(self, picture: Path) -> None:
        """Raises AssetError if the image cannot be read."""
        try:
            self._picture = decoded(picture).convert()
        except (OSError, pygame.error) as error:
            raise AssetError(f"{picture.name}: {error}.", hint=HINT) from error
        self._scaled = self._picture

    def draw(self, painter: Painter, at: Transform) -> None:
        """Draw it with the map's origin and scale at `at`."""
        pixels = at.scale * painter.scale * CELL / GROUND_PIXELS
        size = (round(self._picture.width * pixels), round(self._picture.height * pixels))
        if self._scaled.size != size:
            self._scaled = pygame.transform.smoothscale(self._picture, size)
        painter.surface.blit(self._scaled, (round(at.x * painter.scale), round(at.y * painter.scale)))


class ScenePainter:
    """Draws a flattened scene."""

    def __init__(self, painter: Painter, ground: Ground) -> None:
        self._painter = painter
        self._ground = ground
        self._overlays: dict[tuple[int, Colour, bool, int], pygame.Surface] = {}

    def draw(self, placed: Sequence[Placed], *, camera: Transform, area: Area) -> None:
        """Draw the scene, clipped to the area."""
        surface, painter = self._painter.surface, self._painter
        clip = painter.pixels((area.x, area.y, area.width, area.height))
        surface.set_clip(clip)
        surface.fill(NIGHT, clip)
        self._ground.draw(painter, camera)
        if painter.high_contrast:
            painter.box((area.x, area.y, area.width, area.height), BLACK, opacity=_GROUND_DIMMED)
        sprites_due: list[tuple[pygame.Surface, tuple[float, float]]] = []
        sprites, scale = painter.sprites, painter.scale
        for picture, x, y, angle, grown in placed:
            if isinstance(picture, Sprite):
                width = sprites.cells(picture.frame) * CELL * grown * scale
                sprite = sprites.get(picture.frame, width, angle=angle, opacity=picture.opacity)
                across, down = sprite.size
                sprites_due.append((sprite, (x * scale - across / 2, y * scale - down / 2)))
                continue
            if sprites_due:
                surface.fblits(sprites_due)
                sprites_due = []
            self._other(picture, Transform(x, y, angle, grown))
        surface.fblits(sprites_due)
        surface.set_clip(None)

    def _other(self, picture: Bar | Disc | Line | Label, at: Transform) -> None:
        match picture:
            case Bar():
                self._bar(picture, at)
            case Disc():
                self._disc(picture, at)
            case Line():
                self._line(picture, at)
            case Label(text, tint, opacity):
                size = max(CELL * at.scale * 0.36, 11)
                self._painter.text(
                    text, (at.x, at.y), size=size, colour=TINTS[tint], anchor="center", opacity=opacity
                )

    def _bar(self, bar: Bar, at: Transform) -> None:
        width, height = bar.width * at.scale, max(110 * at.scale, 3.0)
        left, top = at.x - width / 2, at.y - height / 2
        scale, surface = self._painter.scale, self._painter.surface
        box = pygame.Rect(
            round(left * scale), round(top * scale), round(width * scale), round(height * scale)
        )
        surface.fill(BLACK, box.inflate(2, 2))
        colour = GREEN if bar.share > _HURT else YELLOW if bar.share > _DYING else VERMILLION
        surface.fill(colour, (box.x, box.y, max(round(box.width * bar.share), 1), box.height))

    def _disc(self, disc: Disc, at: Transform) -> None:
        painter, colour = self._painter, TINTS[disc.tint]
        radius = disc.radius * at.scale
        if disc.opacity >= 1.0:
            painter.circle((at.x, at.y), radius, colour, edge=0.0 if disc.filled else 2.0)
            return
        pixels = round(radius * painter.scale)
        drawn = self._overlay(pixels, colour, filled=disc.filled, opacity=disc.opacity)
        painter.surface.blit(drawn, drawn.get_rect(center=(at.x * painter.scale, at.y * painter.scale)))

    def _overlay(self, radius: int, colour: Colour, *, filled: bool, opacity: float) -> pygame.Surface:
        """A translucent circle, cached."""
        key = (radius, colour, filled, round(opacity * 255))
        overlay = self._overlays.get(key)
        if overlay is None:
            if len(self._overlays) >= _MAX_OVERLAYS:
                self._overlays.clear()
            size = 2 * radius + 4
            overlay = self._overlays[key] = pygame.Surface((size, size), pygame.SRCALPHA)
            pygame.draw.aacircle(overlay, (*colour, key[3]), (size / 2, size / 2), radius, 0 if filled else 2)
        return overlay

    def _line(self, line: Line, at: Transform) -> None:
        if line.opacity <= 0:
            return
        points = [(at.x + x * at.scale, at.y + y * at.scale) for x, y in line.points]
        if not line.jagged:
            self._painter.line(points, TINTS[line.tint], width=2.0)
            return
        bolt = _jagged(points, line.jagged, reach=CELL * at.scale * 0.22)
        self._painter.line(bolt, TINTS["allowed"], width=1.0 + 4.0 * line.opacity)
        self._painter.line(bolt, TINTS[line.tint], width=1.0 + 1.5 * line.opacity)


def _jagged(points: Sequence[tuple[float, float]], seed: int, *, reach: float) -> list[tuple[float, float]]:
    """A line from the first point to the last with random points in between, chosen by `seed`."""
    (x, y), (to_x, to_y) = points[0], points[-1]
    points = [(x, y)]
    for k in range(1, _JAGS):
        bits = hash32(seed, k, 0)
        off_x, off_y = (bits & 255) / 128 - 1, (bits >> 8 & 255) / 128 - 1
        share = k / _JAGS
        points.append((x + (to_x - x) * share + off_x * reach, y + (to_y - y) * share + off_y * reach))
    return [*points, (to_x, to_y)]

"""The label beside the ghost tower: why it cannot be built there, or what a click does."""

from __future__ import annotations

from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import NIGHT, SKY, TEXT, VERMILLION
from bulwark.desktop.match import describe
from bulwark.desktop.match.selection import Ghost
from bulwark.desktop.scene.camera import Camera
from bulwark.sim import rules

_HEIGHT = 28.0


def draw_ghost_label(painter: Painter, ghost: Ghost, *, camera: Camera, price: int, by_touch: bool) -> None:
    """Draw it above the ghost, moved as far as needed to stay inside the map's area."""
    x, y = camera.screen((ghost.cell[0] + 1.5) * rules.CELL, (ghost.cell[1] + 0.8) * rules.CELL)
    if ghost.reason is not None:
        text, colour = ghost.reason.value, VERMILLION
    else:
        action = "Tap again to build" if by_touch else describe.tower_name(ghost.kind).removesuffix(" I")
        text, colour = f"{action}, {price} gold", SKY
    width, field = painter.width_of(text, size=15) + 24, camera.area
    left = min(max(x - width / 2, field.x + 4), field.x + field.width - width - 4)
    top = max(y - 34, field.y + 4)
    painter.box((left, top, width, _HEIGHT), NIGHT, radius=8, opacity=0.9)
    painter.box((left, top, width, _HEIGHT), colour, radius=8, edge=2)
    painter.text(text, (left + 12, top + _HEIGHT / 2), size=15, colour=TEXT, anchor="midleft")

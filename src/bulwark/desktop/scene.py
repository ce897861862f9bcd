"""A scene graph: nodes with transforms under one another, and pictures on them. It knows neither pygame nor the rules.

A node's transform is said in its parent's units: a turret turns with nothing but itself, and moves with its tower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, sin
from typing import NamedTuple, TypeAlias


class Transform(NamedTuple):
    """Scaled, then turned by `angle` (radians, clockwise on a screen), then moved."""

    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0
    scale: float = 1.0

    def over(self, child: Transform) -> Transform:
        """The transform of something with `child` in the space of this one."""
        x, y, scale = child.x * self.scale, child.y * self.scale, self.scale * child.scale
        if self.angle:
            turned, tilted = cos(self.angle), sin(self.angle)
            x, y = x * turned - y * tilted, x * tilted + y * turned
        return Transform(self.x + x, self.y + y, self.angle + child.angle, scale)


STAY = Transform()


class Sprite(NamedTuple):
    """A frame of the atlas, its middle on the node; `opacity` from 0 to 1."""

    frame: str
    opacity: float = 1.0


class Bar(NamedTuple):
    """How much is left of something: `share` of `width` units."""

    share: float
    width: float


class Disc(NamedTuple):
    """A circle of `radius` units: filled in the tint named `tint`, or its outline only."""

    radius: float
    tint: str
    filled: bool = False
    opacity: float = 1.0


class Line(NamedTuple):
    """A line through such places; `jagged` as lightning is, differently for each `seed`."""

    places: Sequence[tuple[float, float]]
    tint: str
    jagged: int = 0
    opacity: float = 1.0


class Words(NamedTuple):
    """A short text that does not turn."""

    text: str
    tint: str
    opacity: float = 1.0


Picture: TypeAlias = Sprite | Bar | Disc | Line | Words


@dataclass(slots=True)
class Node:
    """A place in the scene, with what is drawn there and what hangs on it."""

    transform: Transform = STAY
    picture: Picture | None = None
    children: list[Node] = field(default_factory=list)
    visible: bool = True

    def add(self, child: Node) -> Node:
        """Hang `child` on this node, over those that hang there, and give it back."""
        self.children.append(child)
        return child


class Placed(NamedTuple):
    """A picture where it is to be drawn."""

    picture: Picture
    x: float
    y: float
    angle: float
    scale: float


def flatten(root: Node) -> list[Placed]:
    """Every visible picture below `root` in the order of drawing: a parent first, then its children in turn."""
    found: list[Placed] = []
    _place(root, STAY, found)
    return found


def _place(node: Node, above: Transform, found: list[Placed]) -> None:
    """As `above.over`, spelt out: this runs for everything in every frame."""
    if not node.visible:
        return
    x, y, angle, scale = node.transform
    left, top, turned, grown = above
    if turned:
        tilt, tip = cos(turned), sin(turned)
        x, y = x * tilt - y * tip, x * tip + y * tilt
    x, y, angle, scale = left + x * grown, top + y * grown, turned + angle, grown * scale
    if node.picture is not None:
        found.append(Placed(node.picture, x, y, angle, scale))
    if node.children:
        here = Transform(x, y, angle, scale)
        for child in node.children:
            _place(child, here, found)

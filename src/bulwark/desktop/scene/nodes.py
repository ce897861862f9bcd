"""A scene graph: nodes with transforms relative to their parent, and pictures on them. It depends on neither pygame nor the rules.

A node's transform is in its parent's units: a turret turns by itself, and moves with its tower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, sin
from typing import NamedTuple, TypeAlias


class Transform(NamedTuple):
    """Scaled, then rotated by `angle` (radians, clockwise on a screen), then translated."""

    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0
    scale: float = 1.0

    def over(self, child: Transform) -> Transform:
        """The combined transform of a child placed within this one."""
        x, y, scale = child.x * self.scale, child.y * self.scale, self.scale * child.scale
        if self.angle:
            cosine, sine = cos(self.angle), sin(self.angle)
            x, y = x * cosine - y * sine, x * sine + y * cosine
        return Transform(self.x + x, self.y + y, self.angle + child.angle, scale)


IDENTITY = Transform()


class Sprite(NamedTuple):
    """A frame of the atlas, centred on the node; `opacity` from 0 to 1."""

    frame: str
    opacity: float = 1.0


class Bar(NamedTuple):
    """A health bar: `share` of `width` units."""

    share: float
    width: float


class Disc(NamedTuple):
    """A circle of `radius` units in the tint named `tint`: filled, or only its outline."""

    radius: float
    tint: str
    filled: bool = False
    opacity: float = 1.0


class Line(NamedTuple):
    """A line through these points; a non-zero `jagged` seed makes it look like lightning."""

    points: Sequence[tuple[float, float]]
    tint: str
    jagged: int = 0
    opacity: float = 1.0


class Label(NamedTuple):
    """A short text that does not rotate."""

    text: str
    tint: str
    opacity: float = 1.0


Picture: TypeAlias = Sprite | Bar | Disc | Line | Label


@dataclass(slots=True)
class Node:
    """A place in the scene, with a picture and child nodes."""

    transform: Transform = IDENTITY
    picture: Picture | None = None
    children: list[Node] = field(default_factory=list)
    visible: bool = True

    def add(self, child: Node) -> Node:
        """Add `child` on top of the other children, and return it."""
        self.children.append(child)
        return child


class Placed(NamedTuple):
    """A picture at its final place."""

    picture: Picture
    x: float
    y: float
    angle: float
    scale: float


def flatten(root: Node) -> list[Placed]:
    """Every visible picture below `root` in drawing order: a parent first, then its children in turn."""
    placed: list[Placed] = []
    _place(root, IDENTITY, placed)
    return placed


def _place(node: Node, parent: Transform, placed: list[Placed]) -> None:
    """The same as `Transform.over`, inlined: this runs for every node in every frame."""
    if not node.visible:
        return
    x, y, angle, scale = node.transform
    left, top, turned, scaled = parent
    if turned:
        cosine, sine = cos(turned), sin(turned)
        x, y = x * cosine - y * sine, x * sine + y * cosine
    x, y, angle, scale = left + x * scaled, top + y * scaled, turned + angle, scaled * scale
    if node.picture is not None:
        placed.append(Placed(node.picture, x, y, angle, scale))
    if node.children:
        here = Transform(x, y, angle, scale)
        for child in node.children:
            _place(child, here, placed)

"""What is drawn into the scene for the player alone: ways, ranges, the ghost, the chosen cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import atan2

from bulwark.desktop.placing import Ghost, Place, Placing
from bulwark.desktop.scene import Disc, Line, Node, Sprite, Transform
from bulwark.sim import rules
from bulwark.sim.layout import tower
from bulwark.sim.match import Match
from bulwark.sim.rules import CELL

_APART = 760.0  # units between two steps of a way
_WALK = 26.0  # units that they move a tick of the screen's time


def draw_markings(under: Node, over: Node, placing: Placing, *, beat: float, preview: bool) -> None:
    """Hang the markings into the scene. `beat` is time in ticks that a pause does not stop."""
    under.children, over.children = [], []
    ghost = placing.ghost()
    ways = ghost.ways if ghost is not None and ghost.ways else placing.ways()
    if preview or ghost is not None:
        groups = placing.match.next_wave()
        _ways(under, ways, beat, spawns={group.spawn for group in groups if not _flies(group.kind)})
        _air(under, placing.match, spawns={group.spawn for group in groups if _flies(group.kind)})
    index = placing.index()
    if index is not None:
        _chosen(under, over, placing.match, index)
    if ghost is not None:
        _ghost(under, over, ghost)
    elif placing.cell is not None and placing.inside() and placing.kind is None:
        over.add(Node(_middle(placing.cell), Sprite("mark/selected", 0.5)))


def _ways(under: Node, ways: Sequence[Sequence[Place]], beat: float, *, spawns: set[int]) -> None:
    for spawn, way in enumerate(ways):
        if spawn in spawns:
            for x, y, angle in steps_along(way, beat * _WALK % _APART):
                under.add(Node(Transform(x, y, angle, 0.62), Sprite("mark/step", 0.75)))


def _air(under: Node, match: Match, *, spawns: set[int]) -> None:
    """Flyers take the straight line."""
    goal = _middle(match.played.goal)
    for spawn in sorted(spawns):
        start = _middle(match.played.spawns[spawn])
        pieces = 18
        for n in range(0, pieces, 2):
            shares = (n / pieces, (n + 1) / pieces)
            places = [
                (start.x + (goal.x - start.x) * share, start.y + (goal.y - start.y) * share)
                for share in shares
            ]
            under.add(Node(picture=Line(places, "air")))


def steps_along(way: Sequence[Place], begin: float) -> list[tuple[float, float, float]]:
    """Places along a way, equally far apart from `begin` on, with the angle that it has there."""
    found = []
    left = begin
    for (x, y), (to_x, to_y) in pairwise(way):
        across, down = to_x - x, to_y - y
        length = (across * across + down * down) ** 0.5
        angle = atan2(down, across)
        while left < length:
            found.append((x + across * left / length, y + down * left / length, angle))
            left += _APART
        left -= length
    return found


def _chosen(under: Node, over: Node, match: Match, index: int) -> None:
    towers = match.towers
    kind, variant = int(towers[tower.KIND][index]), int(towers[tower.VARIANT][index])
    at = Transform(towers[tower.X][index], towers[tower.Y][index])
    reach = float(rules.tower_row(kind, variant).range)
    under.add(Node(at, Disc(reach, "allowed", filled=True, opacity=0.16)))
    over.add(Node(at, Disc(reach, "allowed")))
    over.add(Node(at, Sprite("mark/selected")))


def _ghost(under: Node, over: Node, ghost: Ghost) -> None:
    allowed = ghost.reason is None
    at, name = _middle(ghost.cell), f"tower/{rules.TOWERS[ghost.kind]}"
    tint = "allowed" if allowed else "danger"
    reach = float(rules.tower_row(ghost.kind, 0).range)
    under.add(Node(at, Disc(reach, tint, filled=True, opacity=0.16)))
    over.add(Node(at, Disc(reach, tint)))
    if allowed:
        over.add(Node(at, Sprite("mark/allowed")))
    standing = over.add(Node(at))
    standing.add(Node(picture=Sprite(f"{name}/base-0", 0.7)))
    standing.add(Node(picture=Sprite(f"{name}/turret-0", 0.7)))
    if not allowed:
        over.add(Node(at, Sprite("mark/refused")))


def _middle(place: Place) -> Transform:
    column, row = place
    return Transform((column + 1.5) * CELL, (row + 1.5) * CELL)


def _flies(kind: int) -> bool:
    return rules.creep(kind).flying

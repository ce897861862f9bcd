"""Overlays on the map for the player: paths, ranges, the ghost, the selected cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import atan2

from bulwark.desktop.match.selection import Cell, Ghost, Selection
from bulwark.desktop.scene.nodes import Disc, Line, Node, Sprite, Transform
from bulwark.sim import rules
from bulwark.sim.layout import creep, tower
from bulwark.sim.match import Match
from bulwark.sim.rules import CELL

_SPACING = 760.0  # units between two arrows on a path
_ARROW_SPEED = 26.0  # units the arrows move per tick of screen time


def draw_overlays(under: Node, over: Node, selection: Selection, *, clock: float, preview: bool) -> None:
    """Add the overlays to the scene. `clock` is time in ticks that a pause does not stop."""
    under.children, over.children = [], []
    ghost = selection.ghost()
    paths = ghost.paths if ghost is not None and ghost.paths else selection.paths()
    if preview or ghost is not None:
        groups = selection.match.next_wave()
        _paths(under, paths, clock, spawns={group.spawn for group in groups if not _flies(group.kind)})
        _air(under, selection.match, spawns={group.spawn for group in groups if _flies(group.kind)})
    index = selection.tower_index()
    if index is not None:
        _selected(under, over, selection.match, index)
    looked_at = selection.creep_index() if selection.creep is not None else None
    if looked_at is not None:
        creeps = selection.match.creeps
        at = Transform(creeps[creep.X][looked_at], creeps[creep.Y][looked_at])
        over.add(Node(at, Sprite("mark/selected", 0.8)))
    if ghost is not None:
        _ghost(under, over, ghost)
    elif selection.cell is not None and selection.inside() and selection.kind is None:
        over.add(Node(_middle(selection.cell), Sprite("mark/selected", 0.5)))


def _paths(under: Node, paths: Sequence[Sequence[Cell]], clock: float, *, spawns: set[int]) -> None:
    for spawn, path in enumerate(paths):
        if spawn in spawns:
            for x, y, angle in steps_along(path, clock * _ARROW_SPEED % _SPACING):
                under.add(Node(Transform(x, y, angle, 0.62), Sprite("mark/step", 0.75)))


def _air(under: Node, match: Match, *, spawns: set[int]) -> None:
    """Flyers take the straight line."""
    goal = _middle(match.game_map.goal)
    for spawn in sorted(spawns):
        start = _middle(match.game_map.spawns[spawn])
        pieces = 18
        for n in range(0, pieces, 2):
            shares = (n / pieces, (n + 1) / pieces)
            points = [
                (start.x + (goal.x - start.x) * share, start.y + (goal.y - start.y) * share)
                for share in shares
            ]
            under.add(Node(picture=Line(points, "air")))


def steps_along(path: Sequence[Cell], begin: float) -> list[tuple[float, float, float]]:
    """Positions along a path at equal distances from `begin` on, with the path's angle there."""
    steps = []
    left = begin
    for (x, y), (to_x, to_y) in pairwise(path):
        across, down = to_x - x, to_y - y
        length = (across * across + down * down) ** 0.5
        angle = atan2(down, across)
        while left < length:
            steps.append((x + across * left / length, y + down * left / length, angle))
            left += _SPACING
        left -= length
    return steps


def _selected(under: Node, over: Node, match: Match, index: int) -> None:
    towers = match.towers
    kind, variant = int(towers[tower.KIND][index]), int(towers[tower.VARIANT][index])
    at = Transform(towers[tower.X][index], towers[tower.Y][index])
    reach = float(rules.tower_rule(kind, variant).range)
    under.add(Node(at, Disc(reach, "allowed", filled=True, opacity=0.16)))
    over.add(Node(at, Disc(reach, "allowed")))
    over.add(Node(at, Sprite("mark/selected")))


def _ghost(under: Node, over: Node, ghost: Ghost) -> None:
    allowed = ghost.reason is None
    at, name = _middle(ghost.cell), f"tower/{rules.TOWERS[ghost.kind]}"
    tint = "allowed" if allowed else "danger"
    reach = float(rules.tower_rule(ghost.kind, 0).range)
    under.add(Node(at, Disc(reach, tint, filled=True, opacity=0.16)))
    over.add(Node(at, Disc(reach, tint)))
    if allowed:
        over.add(Node(at, Sprite("mark/allowed")))
    ghost_node = over.add(Node(at))
    ghost_node.add(Node(picture=Sprite(f"{name}/base-0", 0.7)))
    ghost_node.add(Node(picture=Sprite(f"{name}/turret-0", 0.7)))
    if not allowed:
        over.add(Node(at, Sprite("mark/refused")))


def _middle(cell: Cell) -> Transform:
    column, row = cell
    return Transform((column + 1.5) * CELL, (row + 1.5) * CELL)


def _flies(kind: int) -> bool:
    return rules.creep_rule(kind).flying

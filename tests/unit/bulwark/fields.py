"""Small maps and matches for tests of the game."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bulwark.sim.commands import AutoStart, Build, Command, StartWave
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map, read_map
from bulwark.sim.match import Match

WIDTH, HEIGHT = 14, 9
OPEN_FIELD = ["." * WIDTH] * HEIGHT
# Every kind of creep, each wave larger than the one before.
WAVES: Sequence[Sequence[Sequence[Any]]] = (
    (("runner", 6, 20, 0, 0),),
    (("swarm", 14, 7, 0, 0), ("armoured", 3, 45, 60, 0)),
    (("flyer", 5, 25, 0, 0), ("healer", 3, 50, 20, 0), ("runner", 8, 15, 40, 0)),
    (("boss", 1, 1, 0, 0), ("swarm", 20, 5, 90, 0)),
)


def field_document(terrain: Sequence[str] = OPEN_FIELD, **overrides: Any) -> dict[str, Any]:
    """A map's JSON: an open field with a spawn on the left and the goal on the right, with these overrides."""
    height, width = len(terrain), len(terrain[0])
    document = {
        "format": 1, "id": "field", "name": "Field", "order": 1, "width": width, "height": height,
        "terrain": list(terrain), "spawns": [[0, height // 2]], "goal": [width - 1, height // 2],
        "gold": 700, "lives": 15, "waves": WAVES,
    }  # fmt: skip
    return document | overrides


def field(terrain: Sequence[str] = OPEN_FIELD, **overrides: Any) -> Map:
    """The map of `field_document`."""
    return read_map(json.dumps(field_document(terrain, **overrides)))


# One tower of each kind along the path; the last two form a corner of a maze.
TOWERS: Sequence[Command] = (
    Build(0, 3, 3), Build(1, 5, 3), Build(2, 7, 3), Build(3, 9, 3), Build(4, 11, 2), Build(5, 4, 2), Build(0, 6, 4),
    Build(0, 6, 5),
)  # fmt: skip


def defended(game_map: Map | None = None, *, seed: int = 7, engine: Engine = INTERPRETED) -> Match:
    """A match in its first tick, with a tower of each kind and automatic waves."""
    match = Match.begin(game_map or field(), seed=seed, engine=engine)
    assert match.step([*TOWERS, AutoStart(1), StartWave()]) == []
    return match


def run(match: Match, ticks: int) -> Match:
    """Play `ticks` ticks, and return the match."""
    for _ in range(ticks):
        match.step()
    return match

"""A map: the ground, the ways in, the goal and the waves, read from compact JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bulwark.errors import MapError
from bulwark.sim import rules

FORMAT = 1
LARGEST = 62  # cells a side: 64 with the padding
MOST_WAVES = 60
MOST_CREEPS = 400  # in one group
LONGEST = 100_000  # ticks of a gap or a delay, and any amount of gold

OPEN, PAVED, ROCK, WATER = ".=#~"
_WALKABLE = OPEN + PAVED
_HINT = "Build the assets again, or mend the map."


class Group(NamedTuple):
    """A part of a wave: `size` creeps of a kind, `gap` ticks apart, from `delay` ticks after the wave began."""

    kind: int
    size: int
    gap: int
    delay: int
    spawn: int


class Map(NamedTuple):
    """A map that is known to be playable. Columns and rows count from 0 without the padding."""

    id: str
    name: str
    order: int
    width: int
    height: int
    terrain: Sequence[str]
    spawns: Sequence[tuple[int, int]]
    goal: tuple[int, int]
    gold: int
    lives: int
    waves: Sequence[Sequence[Group]]
    blocked: bytes
    digest: str

    @property
    def stride(self) -> int:
        """Cells in a row of the padded grid."""
        return self.width + 2

    def cell(self, column: int, row: int) -> int:
        """The padded grid's cell."""
        return (row + 1) * self.stride + column + 1

    def place(self, cell: int) -> tuple[int, int]:
        """Column and row of a padded grid's cell."""
        row, column = divmod(cell, self.stride)
        return column - 1, row - 1

    def centre(self, cell: int) -> tuple[int, int]:
        """Where the middle of a cell is, in units."""
        row, column = divmod(cell, self.stride)
        return column * rules.CELL + rules.CELL // 2, row * rules.CELL + rules.CELL // 2

    def buildable(self, column: int, row: int) -> bool:
        """Whether a tower may ever stand there."""
        inside = 0 <= column < self.width and 0 <= row < self.height
        taken = (column, row) == self.goal or (column, row) in self.spawns
        return inside and not taken and self.terrain[row][column] == OPEN


def read_map(text: str) -> Map:
    """The map in `text`. Raises MapError naming the field where it cannot be played."""
    try:
        said = json.loads(text)
    except ValueError as error:
        raise MapError(f"The map is no JSON: {error}.", hint=_HINT) from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise MapError(f"The map's `format` is not {FORMAT}.", hint=_HINT)
    return _checked(said)


def _checked(said: Mapping[str, Any]) -> Map:
    width, height = (_number(said, name, most=LARGEST) for name in ("width", "height"))
    terrain = _terrain(said, width=width, height=height)
    spawns = [_place(spot, f"spawns[{n}]", terrain) for n, spot in enumerate(_list(said, "spawns"))]
    if len(set(spawns)) < max(len(spawns), 1):
        raise MapError("The map's `spawns` are none, or two are one.", hint=_HINT)
    goal = _place(said.get("goal"), "goal", terrain)
    if goal in spawns:
        raise MapError("The map's `goal` is a spawn.", hint=_HINT)
    return Map(
        id=_text(said, "id"),
        name=_text(said, "name"),
        order=_number(said, "order", most=LONGEST),
        width=width,
        height=height,
        terrain=terrain,
        spawns=spawns,
        goal=goal,
        gold=_number(said, "gold", most=LONGEST),
        lives=_number(said, "lives", most=LONGEST),
        waves=_waves(said, spawns=len(spawns)),
        blocked=_blocked(terrain, width),
        digest=hashlib.sha256(canonical(said).encode()).hexdigest()[:16],
    )


def canonical(said: Mapping[str, Any]) -> str:
    """The one text of a map's content: what is built, and what its digest is of."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _terrain(said: Mapping[str, Any], *, width: int, height: int) -> Sequence[str]:
    rows = _list(said, "terrain")
    if len(rows) != height:
        raise MapError(f"The map's `terrain` has {len(rows)} rows, not {height}.", hint=_HINT)
    for number, row in enumerate(rows):
        if not isinstance(row, str) or len(row) != width or set(row) - set(OPEN + PAVED + ROCK + WATER):
            raise MapError(f"The map's `terrain[{number}]` is not {width} of . = # ~.", hint=_HINT)
    return rows


def _blocked(terrain: Sequence[str], width: int) -> bytes:
    wall = b"\1" * (width + 2)
    rows = [b"\1" + bytes(spot not in _WALKABLE for spot in row) + b"\1" for row in terrain]
    return b"".join([wall, *rows, wall])


def _place(spot: object, name: str, terrain: Sequence[str]) -> tuple[int, int]:
    match spot:
        case [int(column), int(row)] if 0 <= row < len(terrain) and 0 <= column < len(terrain[row]):
            if terrain[row][column] in _WALKABLE:
                return column, row
    raise MapError(f"The map's `{name}` is no walkable place: {spot!r}.", hint=_HINT)


def _waves(said: Mapping[str, Any], *, spawns: int) -> Sequence[Sequence[Group]]:
    waves = _list(said, "waves")
    if not 0 < len(waves) <= MOST_WAVES or not all(isinstance(wave, list) and wave for wave in waves):
        raise MapError(f"The map's `waves` are not 1 to {MOST_WAVES} lists of groups.", hint=_HINT)
    return [
        [_group(found, f"waves[{n}][{m}]", spawns) for m, found in enumerate(wave)]
        for n, wave in enumerate(waves)
    ]


def _group(found: object, name: str, spawns: int) -> Group:
    match found:
        case [str(kind), int(count), int(gap), int(delay), int(spawn)] if (
            kind in rules.CREEPS
            and 0 < count <= MOST_CREEPS
            and 0 < gap <= LONGEST
            and 0 <= delay <= LONGEST
            and 0 <= spawn < spawns
        ):
            return Group(rules.CREEPS.index(kind), count, gap, delay, spawn)
    raise MapError(f"The map's `{name}` is no [kind, count, gap, delay, spawn]: {found!r}.", hint=_HINT)


def _list(said: Mapping[str, Any], name: str) -> list[Any]:
    value = said.get(name)
    if not isinstance(value, list):
        raise MapError(f"The map's `{name}` is no list.", hint=_HINT)
    return value


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise MapError(f"The map's `{name}` is no text.", hint=_HINT)
    return value


def _number(said: Mapping[str, Any], name: str, *, most: int) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise MapError(f"The map's `{name}` is no number from 1 to {most}.", hint=_HINT)
    return value

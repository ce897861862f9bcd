"""A map: the terrain, spawns, goal and waves, read from compact JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bulwark.errors import MapError
from bulwark.sim import rules

FORMAT = 1
MAX_SIDE = 62  # cells per side: 64 with the padding
MAX_WAVES = 60
MAX_GROUP_SIZE = 400  # in one group
MAX_NUMBER = 100_000  # the limit for gaps and delays in ticks, and for amounts

OPEN, PAVED, ROCK, WATER = ".=#~"
_WALKABLE = OPEN + PAVED
_HINT = "Rebuild the assets, or fix the map."


class Group(NamedTuple):
    """Part of a wave: `size` creeps of a kind, `gap` ticks apart, starting `delay` ticks after the wave."""

    kind: int
    size: int
    gap: int
    delay: int
    spawn: int


class Map(NamedTuple):
    """A playable map. Columns and rows count from 0 without the padding."""

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
        """Cells per row of the padded grid."""
        return self.width + 2

    def cell(self, column: int, row: int) -> int:
        """The cell's index in the padded grid."""
        return (row + 1) * self.stride + column + 1

    def position(self, cell: int) -> tuple[int, int]:
        """Column and row of a padded grid's cell."""
        row, column = divmod(cell, self.stride)
        return column - 1, row - 1

    def centre(self, cell: int) -> tuple[int, int]:
        """The centre of a cell, in units."""
        row, column = divmod(cell, self.stride)
        return column * rules.CELL + rules.CELL // 2, row * rules.CELL + rules.CELL // 2

    def buildable(self, column: int, row: int) -> bool:
        """Whether a tower may ever be built there."""
        inside = 0 <= column < self.width and 0 <= row < self.height
        taken = (column, row) == self.goal or (column, row) in self.spawns
        return inside and not taken and self.terrain[row][column] == OPEN


def read_map(text: str) -> Map:
    """The map in `text`. Raises MapError naming the field if it is not playable."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise MapError(f"The map is not JSON: {error}.", hint=_HINT) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise MapError(f"The map's `format` is not {FORMAT}.", hint=_HINT)
    return _parse(content)


def _parse(content: Mapping[str, Any]) -> Map:
    width, height = (_number(content, name, most=MAX_SIDE) for name in ("width", "height"))
    terrain = _terrain(content, width=width, height=height)
    spawns = [_position(place, f"spawns[{n}]", terrain) for n, place in enumerate(_list(content, "spawns"))]
    if len(set(spawns)) < max(len(spawns), 1):
        raise MapError("The map's `spawns` are empty or contain duplicates.", hint=_HINT)
    goal = _position(content.get("goal"), "goal", terrain)
    if goal in spawns:
        raise MapError("The map's `goal` is a spawn.", hint=_HINT)
    return Map(
        id=_text(content, "id"),
        name=_text(content, "name"),
        order=_number(content, "order", most=MAX_NUMBER),
        width=width,
        height=height,
        terrain=terrain,
        spawns=spawns,
        goal=goal,
        gold=_number(content, "gold", most=MAX_NUMBER),
        lives=_number(content, "lives", most=MAX_NUMBER),
        waves=_waves(content, spawns=len(spawns)),
        blocked=_blocked(terrain, width),
        digest=hashlib.sha256(canonical(content).encode()).hexdigest()[:16],
    )


def canonical(content: Mapping[str, Any]) -> str:
    """The canonical text of a map's content: what is built, and what the digest covers."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _terrain(content: Mapping[str, Any], *, width: int, height: int) -> Sequence[str]:
    rows = _list(content, "terrain")
    if len(rows) != height:
        raise MapError(f"The map's `terrain` has {len(rows)} rows, not {height}.", hint=_HINT)
    for number, row in enumerate(rows):
        if not isinstance(row, str) or len(row) != width or set(row) - set(OPEN + PAVED + ROCK + WATER):
            raise MapError(f"The map's `terrain[{number}]` is not {width} of . = # ~.", hint=_HINT)
    return rows


def _blocked(terrain: Sequence[str], width: int) -> bytes:
    wall = b"\1" * (width + 2)
    rows = [b"\1" + bytes(place not in _WALKABLE for place in row) + b"\1" for row in terrain]
    return b"".join([wall, *rows, wall])


def _position(place: object, name: str, terrain: Sequence[str]) -> tuple[int, int]:
    match place:
        case [int(column), int(row)] if 0 <= row < len(terrain) and 0 <= column < len(terrain[row]):
            if terrain[row][column] in _WALKABLE:
                return column, row
    raise MapError(f"The map's `{name}` is not a walkable position: {place!r}.", hint=_HINT)


def _waves(content: Mapping[str, Any], *, spawns: int) -> Sequence[Sequence[Group]]:
    waves = _list(content, "waves")
    if not 0 < len(waves) <= MAX_WAVES or not all(isinstance(wave, list) and wave for wave in waves):
        raise MapError(f"The map's `waves` are not 1 to {MAX_WAVES} lists of groups.", hint=_HINT)
    return [
        [_group(group, f"waves[{n}][{m}]", spawns) for m, group in enumerate(wave)]
        for n, wave in enumerate(waves)
    ]


def _group(group: object, name: str, spawns: int) -> Group:
    match group:
        case [str(kind), int(count), int(gap), int(delay), int(spawn)] if (
            kind in rules.CREEPS
            and 0 < count <= MAX_GROUP_SIZE
            and 0 < gap <= MAX_NUMBER
            and 0 <= delay <= MAX_NUMBER
            and 0 <= spawn < spawns
        ):
            return Group(rules.CREEPS.index(kind), count, gap, delay, spawn)
    raise MapError(f"The map's `{name}` is not [kind, count, gap, delay, spawn]: {group!r}.", hint=_HINT)


def _list(content: Mapping[str, Any], name: str) -> list[Any]:
    value = content.get(name)
    if not isinstance(value, list):
        raise MapError(f"The map's `{name}` is not a list.", hint=_HINT)
    return value


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise MapError(f"The map's `{name}` is not a non-empty text.", hint=_HINT)
    return value


def _number(content: Mapping[str, Any], name: str, *, most: int) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
        raise MapError(f"The map's `{name}` is not a number from 1 to {most}.", hint=_HINT)
    return value

"""Tiled maps: read, checked cell by cell, and converted into the compact JSON the core reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytiled_parser
from pytiled_parser.layer import ObjectLayer, TileLayer
from pytiled_parser.properties import Properties
from pytiled_parser.tiled_object import TiledObject

from bulwark.assets.sources import did_you_mean
from bulwark.assets.tiled_file import HINT, check_tiled_file
from bulwark.assets.wave_text import WaveGroup, read_waves
from bulwark.errors import AssetError, MapError
from bulwark.sim import maps

_CHARACTERS = {"open": maps.OPEN, "paved": maps.PAVED, "rock": maps.ROCK, "water": maps.WATER}
# Tiled marks mirrored or rotated tiles in the upper bits; ground looks the same from every side.
_TILE = (1 << 28) - 1

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CLASSES = ("spawn", "goal")

Cell = tuple[int, int]


class TiledMap(NamedTuple):
    """A map the core accepts, and the theme of its ground, which only renderers use."""

    text: str
    map: maps.Map
    theme: str


def read_tiled_map(file: Path) -> TiledMap:
    """The map in `file`, which is named after its id. Raises AssetError naming the file, the layer and the cell."""
    if not _ID.fullmatch(file.stem):
        raise AssetError(
            f"{file.name}: a map's file name is part of saves and addresses.",
            hint="Rename it to small letters, digits and hyphens.",
        )
    check_tiled_file(file)
    try:
        tiled = pytiled_parser.parse_map(file)
    except Exception as error:  # the parser has no error types of its own
        reason = f"{type(error).__name__}: {error}"[:200]
        raise AssetError(f"{file.name} is not a Tiled map: {reason}.", hint=HINT) from error
    terrain = _terrain(tiled, file.name)
    spawns, goal = _marks(tiled, file.name)
    properties = _Properties(tiled.properties or {}, file.name)
    content = {
        "format": maps.FORMAT,
        "id": file.stem,
        "name": properties.text("name"),
        "order": properties.number("order"),
        "width": len(terrain[0]),
        "height": len(terrain),
        "terrain": terrain,
        "spawns": spawns,
        "goal": goal,
        "gold": properties.number("gold"),
        "lives": properties.number("lives"),
        "waves": _waves(properties.text("waves"), source=file.name, spawns=len(spawns)),
    }
    text = maps.canonical(content)
    try:
        playable = maps.read_map(text)
    except MapError as error:
        raise AssetError(f"{file.name}: {error.message}", hint=HINT) from error
    _check_paths(playable, file.name)
    return TiledMap(text, playable, properties.text("theme"))


class _Properties(NamedTuple):
    """A map's properties, read by name and type."""

    values: Properties
    source: str

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str):
            raise AssetError(f"{self.source}: the map's property `{name}` is not text: {value!r}.", hint=HINT)
        return value

    def number(self, name: str) -> int:
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise AssetError(
                f"{self.source}: the map's property `{name}` is not an int: {value!r}.", hint=HINT
            )
        return value


def _terrain(tiled: pytiled_parser.TiledMap, source: str) -> list[str]:
    layers = [each for each in tiled.layers if each.name == "terrain" and isinstance(each, TileLayer)]
    if len(layers) != 1 or not isinstance(layers[0], TileLayer) or layers[0].data is None:
        raise AssetError(f"{source}: there must be exactly one tile layer `terrain`.", hint=HINT)
    characters = _characters(tiled)
    return [
        "".join(
            _character(tile & _TILE, characters, f"{source}, layer terrain, cell {column}, {row}")
            for column, tile in enumerate(tiles)
        )
        for row, tiles in enumerate(layers[0].data)
    ]


def _characters(tiled: pytiled_parser.TiledMap) -> dict[int, str]:
    """The terrain character of each tile, by its number in the map."""
    return {
        first + number: _CHARACTERS[str(tile.properties["terrain"])]
        for first, tileset in tiled.tilesets.items()
        for number, tile in (tileset.tiles or {}).items()
        if tile.properties and tile.properties.get("terrain") in _CHARACTERS
    }


def _character(tile: int, characters: dict[int, str], place: str) -> str:
    if tile not in characters:
        what = f"tile {tile} has no terrain" if tile else "there is no tile"
        raise AssetError(
            f"{place}: {what}.", hint=f"Terrains are {', '.join(_CHARACTERS)}, as in terrain.tsx."
        )
    return characters[tile]


def _marks(tiled: pytiled_parser.TiledMap, source: str) -> tuple[list[Cell], Cell]:
    """The cells of the spawns, in the order of their objects, and of the goal."""
    layers = [each for each in tiled.layers if each.name == "marks" and isinstance(each, ObjectLayer)]
    if len(layers) != 1 or not isinstance(layers[0], ObjectLayer):
        raise AssetError(f"{source}: there must be exactly one object layer `marks`.", hint=HINT)
    marks = sorted(layers[0].tiled_objects, key=lambda mark: mark.id)
    for mark in marks:
        if mark.class_ not in CLASSES:
            place = f"{source}, layer marks, object {mark.id}"
            hint = did_you_mean(mark.class_ or "", CLASSES, otherwise=HINT)
            raise AssetError(f"{place}: its class is {mark.class_!r}, neither spawn nor goal.", hint=hint)
    spawns = [_cell(mark, tiled, source) for mark in marks if mark.class_ == "spawn"]
    goals = [_cell(mark, tiled, source) for mark in marks if mark.class_ == "goal"]
    if not spawns or len(goals) != 1:
        counts = f"{len(spawns)} spawns and {len(goals)} goals"
        raise AssetError(
            f"{source}, layer marks: {counts}, instead of at least one spawn and one goal.", hint=HINT
        )
    return spawns, goals[0]


def _cell(mark: TiledObject, tiled: pytiled_parser.TiledMap, source: str) -> Cell:
    x, y = mark.coordinates
    column, row = int(x // tiled.tile_size.width), int(y // tiled.tile_size.height)
    if not (0 <= column < tiled.map_size.width and 0 <= row < tiled.map_size.height):
        place = f"{source}, layer marks, object {mark.id}, cell {column}, {row}"
        raise AssetError(f"{place}: outside the map.", hint=HINT)
    return column, row


def _waves(text: str, *, source: str, spawns: int) -> list[list[WaveGroup]]:
    waves = read_waves(text, source=source)
    for number, wave in enumerate(waves, start=1):
        for kind, *_, spawn in wave:
            if int(spawn) >= spawns:
                place = f"{source}, wave {number}"
                raise AssetError(
                    f"{place}: {kind} has no spawn @{spawn}.", hint=f"Spawns are 0 to {spawns - 1}."
                )
    return waves


def _check_paths(playable: maps.Map, source: str) -> None:
    """Reject a map on which a spawn has no walking path to the goal."""
    goal = playable.cell(*playable.goal)
    reached, frontier = {goal}, [goal]
    while frontier:
        cell = frontier.pop()
        for beside in (cell - 1, cell + 1, cell - playable.stride, cell + playable.stride):
            if beside not in reached and not playable.blocked[beside]:
                reached.add(beside)
                frontier.append(beside)
    for column, row in playable.spawns:
        if playable.cell(column, row) not in reached:
            raise AssetError(f"{source}, layer marks, cell {column}, {row}: no path to the goal.", hint=HINT)

"""What a Tiled file may contain: kinds of maps, layers and objects that the game cannot show are refused by name.

Tiled can do much more than the game; what the build passed over would look right in Tiled and wrong in the game.
"""

from __future__ import annotations

import base64
import math
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from bulwark.assets.sources import did_you_mean, read_source
from bulwark.errors import AssetError

HINT = "Open the map in Tiled; see src/bulwark/assets/README.md for the map format."
TILE = 96  # pixels

_LAYERS = {"terrain": "layer", "marks": "objectgroup"}
_KINDS = {
    "layer": "tile layer",
    "objectgroup": "object layer",
    "imagelayer": "image layer",
    "group": "group layer",
}
_COMPRESSIONS = {"", "zlib", "gzip"}
_TILE_BYTES = 4
_LARGEST_TILE = (1 << 8 * _TILE_BYTES) - 1
_SIDE, _TILE_NUMBER = re.compile(r"[0-9]{1,4}"), re.compile(r"[0-9]{1,10}")
_FORMAT_HINT = "In Tiled, set Map > Map Properties > Tile Layer Format to CSV."
_POINT_HINT = "Delete it, and insert a point (the key I in Tiled)."


def check_tiled_file(file: Path) -> None:
    """Raise AssetError naming the file, and the layer or object, if the map is of a kind the game does not have."""
    root = _parse(file, file.name, "map")
    _check_map(root, file.name)
    _check_tilesets(root, file)
    for element in root:
        if element.tag in _KINDS:
            _check_layer(element, root, file.name)


def _parse(file: Path, name: str, tag: str) -> ET.Element:
    content = read_source(file, name)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AssetError(
            f"{name} is not a Tiled {tag}: it is not UTF-8.", hint="Tiled saves UTF-8."
        ) from error
    try:
        root = ET.fromstring(content)  # noqa: S314  our own source, of limited size
    except (ET.ParseError, ValueError, LookupError) as error:
        raise AssetError(f"{name} is not a Tiled {tag}: {error}.", hint=HINT) from error
    if root.tag != tag:
        raise AssetError(f"{name} is not a Tiled {tag}: its outermost element is <{root.tag}>.", hint=HINT)
    return root


def _check_map(root: ET.Element, source: str) -> None:
    orientation = root.get("orientation", "orthogonal")
    if orientation != "orthogonal":
        raise AssetError(
            f"{source}: the map is {orientation}, but the game's cells are squares seen from above.",
            hint="In Tiled, set Map > Map Properties > Orientation to Orthogonal.",
        )
    if root.get("infinite", "0") != "0":
        raise AssetError(
            f"{source}: the map is infinite, but a match needs an edge.",
            hint="In Tiled, switch Map > Map Properties > Infinite off.",
        )
    size = [root.get(side, "") for side in ("tilewidth", "tileheight")]
    if size != [str(TILE)] * 2:
        raise AssetError(
            f"{source}: its tiles are {' x '.join(size)} pixels, not {TILE} x {TILE}.",
            hint="In Tiled, set Map > Map Properties > Tile Width and Tile Height.",
        )


def _check_tilesets(root: ET.Element, file: Path) -> None:
    for tileset in root.findall("tileset"):
        source = tileset.get("source")
        if source is None:
            continue
        if not (file.parent / source).is_file():
            raise AssetError(
                f"{file.name}: its tileset {source} is not there.",
                hint="Its tileset is maps/terrain.tsx; in Tiled, Map > Add External Tileset.",
            )
        _parse(file.parent / source, source, "tileset")


def _check_layer(layer: ET.Element, root: ET.Element, source: str) -> None:
    name, kind = layer.get("name", ""), _KINDS[layer.tag]
    if _LAYERS.get(name) != layer.tag:
        expected = " and ".join(f"exactly one {_KINDS[tag]} `{each}`" for each, tag in _LAYERS.items())
        hint = did_you_mean(
            name, _LAYERS, otherwise="Rename or delete it; notes can be kept in map properties."
        )
        raise AssetError(f"{source}: the {kind} `{name}` is not used: there must be {expected}.", hint=hint)
    if any(layer.get(side, "0") not in {"0", "0.0"} for side in ("offsetx", "offsety")):
        raise AssetError(f"{source}, layer {name}: it is shifted by an offset.", hint="Set its offsets to 0.")
    if layer.tag == "layer":
        _check_tiles(layer, root, f"{source}, layer {name}")
    for mark in layer.findall("object"):
        _check_mark(mark, f"{source}, layer {name}, object {mark.get('id')}")


def _check_tiles(layer: ET.Element, root: ET.Element, place: str) -> None:
    for side in ("width", "height"):
        if layer.get(side) != root.get(side):
            raise AssetError(
                f"{place}: its {side} is {layer.get(side)}, not the map's {root.get(side)}.",
                hint="In Tiled, Map > Resize Map sets both.",
            )
    data = layer.find("data")
    if data is None or not data.get("encoding"):
        raise AssetError(f"{place}: its tiles are stored as XML or not at all.", hint=_FORMAT_HINT)
    if data.get("compression", "") not in _COMPRESSIONS:
        raise AssetError(
            f"{place}: its tiles are compressed with {data.get('compression')}.", hint=_FORMAT_HINT
        )
    width, height = (_whole(layer.get(side, "")) for side in ("width", "height"))
    if data.get("encoding") == "csv":
        tiles = (data.text or "").split(",")
        _check_count(len(tiles), (width, height), place)
        _check_numbers(tiles, width, place)
    else:
        _check_count(_packed_count(data, most=width * height, place=place), (width, height), place)


def _whole(side: str) -> int:
    """A side as a number; 0 if no map can have it, so that the number of tiles differs."""
    return int(side) if _SIDE.fullmatch(side) else 0


def _check_count(count: int, size: tuple[int, int], place: str) -> None:
    if count != size[0] * size[1]:
        raise AssetError(
            f"{place}: it has {count} tiles, not {size[0]} x {size[1]}.", hint="Save it with Tiled once more."
        )


def _packed_count(data: ET.Element, *, most: int, place: str) -> int:
    """How many tiles are packed; counts to one more than `most`, however many would come out."""
    try:
        packed = base64.b64decode((data.text or "").strip(), validate=True)
        if data.get("compression"):
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # zlib or gzip
            packed = unpacker.decompress(packed, (most + 1) * _TILE_BYTES)
    except (ValueError, zlib.error) as error:
        raise AssetError(f"{place}: its tiles cannot be unpacked: {error}.", hint=_FORMAT_HINT) from error
    return -(-len(packed) // _TILE_BYTES)


def _check_numbers(tiles: Sequence[str], width: int, place: str) -> None:
    for number, tile in enumerate(tiles):
        if not _TILE_NUMBER.fullmatch(tile.strip()) or int(tile) > _LARGEST_TILE:
            row, column = divmod(number, width)
            raise AssetError(
                f"{place}, cell {column}, {row}: {tile.strip()[:20]!r} is not a tile.", hint=HINT
            )


def _check_mark(mark: ET.Element, place: str) -> None:
    if mark.get("template") is not None:
        raise AssetError(
            f"{place}: it is made from a template.", hint="In Tiled, detach it from its template."
        )
    if mark.find("point") is None or "gid" in mark.attrib:
        raise AssetError(f"{place}: it is not a point.", hint=_POINT_HINT)
    try:
        finite = all(math.isfinite(float(mark.get(axis, "0"))) for axis in ("x", "y"))
    except ValueError:
        finite = False
    if not finite:
        raise AssetError(f"{place}: its position is not a number.", hint=_POINT_HINT)

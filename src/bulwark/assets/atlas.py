"""The atlas: every frame in one picture, with TexturePacker's "hash" JSON of their positions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import rectpack

from bulwark.assets.drawings import SVG
from bulwark.assets.rendering import render_png
from bulwark.assets.sheets import Frame, Sheet
from bulwark.errors import AssetError

CELL = 96  # pixels
WIDTH = 2048
MAX_HEIGHT = 4096
ROUND = 64  # the height is a multiple of this
MARGIN = 2  # empty pixels around a frame, so that a scaled frame never shows its neighbour

Place = tuple[int, int]


class Atlas(NamedTuple):
    """The picture and its description, ready to be written."""

    png: bytes
    json: bytes


def build_atlas(sheets: Sequence[Sheet]) -> Atlas:
    """Pack, render and describe all frames. Raises AssetError if they do not fit."""
    frames = sorted((frame for sheet in sheets for frame in sheet.frames), key=lambda frame: frame.name)
    places, height = _pack(frames)
    drawing = _drawing((WIDTH, height), sheets, places)
    return Atlas(render_png(drawing), _describe(frames, places, height))


def refuse_empty(sheets: Sequence[Sheet]) -> None:
    """Raise AssetError naming a frame that shows nothing: its shapes lie outside its viewBox, or have no colour."""
    blank: dict[Place, bytes] = {}
    for sheet in sheets:
        for frame in sheet.frames:
            size = frame.width, frame.height
            if size not in blank:
                blank[size] = render_png(_drawing(size, []))
            alone = _drawing(size, [sheet._replace(frames=[frame])], {frame.name: (0, 0)})
            place = f"sprites/{sheet.name}.svg, frame {frame.name.rpartition('/')[2]}"
            if render_png(alone, name=place) == blank[size]:
                raise AssetError(
                    f"{place}: it is empty.",
                    hint='Its viewBox must be where its shapes are, as in viewBox="-64 -64 128 128".',
                )


def _pack(frames: Sequence[Frame]) -> tuple[Mapping[str, Place], int]:
    """The upper left corner of each frame, and the height needed."""
    area = sum((frame.width + 2 * MARGIN) * (frame.height + 2 * MARGIN) for frame in frames)
    lowest = -(-area // (WIDTH * ROUND)) * ROUND
    for height in range(lowest, MAX_HEIGHT + 1, ROUND):
        packer = rectpack.newPacker(rotation=False, sort_algo=rectpack.SORT_LSIDE)
        packer.add_bin(WIDTH, height)
        for frame in frames:
            packer.add_rect(frame.width + 2 * MARGIN, frame.height + 2 * MARGIN, frame.name)
        packer.pack()
        packed = packer.rect_list()
        if len(packed) == len(frames):
            return {name: (x + MARGIN, y + MARGIN) for _, x, y, _, _, name in packed}, height
    raise AssetError(
        f"The frames do not fit into {WIDTH} x {MAX_HEIGHT} pixels.", hint="Reduce the size of some frames."
    )


def _drawing(size: Place, sheets: Sequence[Sheet], places: Mapping[str, Place] = MappingProxyType({})) -> str:
    """One drawing of all frames, each clipped to its own area."""
    root = ET.Element(f"{SVG}svg", {"width": str(size[0]), "height": str(size[1])})
    definitions = ET.SubElement(root, f"{SVG}defs")
    for sheet in sheets:
        definitions.extend(sheet.definitions)
        for frame in sheet.frames:
            x, y = places[frame.name]
            placed = {**frame.element.attrib, "x": str(x), "y": str(y), "overflow": "hidden"}
            ET.SubElement(root, f"{SVG}svg", placed).extend(frame.element)
    return ET.tostring(root, encoding="unicode")


def _describe(frames: Sequence[Frame], places: Mapping[str, Place], height: int) -> bytes:
    described = {
        "frames": {frame.name: _entry(frame, *places[frame.name]) for frame in frames},
        "meta": {
            "app": "bulwark.assets",
            "version": "1",
            "image": "atlas.png",
            "format": "RGBA8888",
            "size": {"w": WIDTH, "h": height},
            "scale": "1",
            "cell": CELL,
        },
    }
    return json.dumps(described, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _entry(frame: Frame, x: int, y: int) -> Mapping[str, Any]:
    size = {"w": frame.width, "h": frame.height}
    return {
        "frame": {"x": x, "y": y, **size},
        "rotated": False,
        "trimmed": False,
        "spriteSourceSize": {"x": 0, "y": 0, **size},
        "sourceSize": size,
        "pivot": {"x": 0.5, "y": 0.5},
    }

"""Sprite sheets: SVG files in which each nested `<svg id="...">` is a frame."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from bulwark.assets.drawings import SVG, read_drawing, rename
from bulwark.errors import AssetError

HINT = 'A frame is a nested <svg id="NAME" width="W" height="H" viewBox="...">; everything else belongs in <defs>.'
# On a frame itself these would move it, or let it bleed, over its neighbours in the atlas.
_NOT_ON_FRAMES = ("transform", "style", "overflow", "clip-path", "mask")


class Frame(NamedTuple):
    """A picture of the atlas: its name, size in pixels, and element."""

    name: str
    width: int
    height: int
    element: ET.Element


class Sheet(NamedTuple):
    """A file's shared definitions and its frames; ids are unique across all sheets. `name` is its path, without `.svg`."""

    name: str
    definitions: Sequence[ET.Element]
    frames: Sequence[Frame]


def read_sheets(folder: Path) -> list[Sheet]:
    """Every sheet below `folder`, by name. Raises AssetError naming the file and the frame."""
    return [_read_sheet(file, folder) for file in sorted(folder.rglob("*.svg"))]


def _read_sheet(file: Path, folder: Path) -> Sheet:
    name = file.relative_to(folder).with_suffix("").as_posix()
    root = read_drawing(file, f"sprites/{name}.svg", children=("defs", "svg"))
    frames = [_frame(element, name) for element in root.findall(f"{SVG}svg")]
    if not frames:
        raise AssetError(f"sprites/{name}.svg has no frames.", hint=HINT)
    definitions = [each for group in root.findall(f"{SVG}defs") for each in group]
    for element in _all([*definitions, *(frame.element for frame in frames)]):
        rename(element, name)
    return Sheet(name, definitions, frames)


def _frame(element: ET.Element, sheet: str) -> Frame:
    place = f"sprites/{sheet}.svg, frame {element.get('id')}"
    sizes = [element.get(side, "") for side in ("width", "height")]
    if not element.get("id") or not all(size.isdecimal() for size in sizes) or not element.get("viewBox"):
        raise AssetError(f"{place}: a frame without id, whole width and height, or viewBox.", hint=HINT)
    width, height = map(int, sizes)
    _check_view(element.get("viewBox", ""), (width, height), place)
    for attribute in _NOT_ON_FRAMES:
        if attribute in element.attrib:
            raise AssetError(
                f"{place}: a frame itself has no `{attribute}`.", hint="Write it on a <g> inside the frame."
            )
    return Frame(f"{sheet}/{element.get('id')}", width, height, element)


def _check_view(text: str, size: tuple[int, int], place: str) -> None:
    """Reject a view that would be ignored or that would leave part of the frame empty."""
    try:
        _, _, width, height = (float(number) for number in text.replace(",", " ").split())
    except ValueError as error:
        raise AssetError(
            f"{place}: its viewBox is not four numbers: {text!r}.", hint='As in viewBox="-64 -64 128 128".'
        ) from error
    if not (0 < width < math.inf and 0 < height < math.inf and min(size) > 0):
        raise AssetError(f"{place}: its size or viewBox is not positive: {text!r}.", hint=HINT)
    if not math.isclose(width * size[1], height * size[0], rel_tol=0.001):
        raise AssetError(
            f"{place}: its viewBox of {width:g} x {height:g} has another shape than its {size[0]} x {size[1]} pixels.",
            hint="Choose both with the same ratio of width and height.",
        )


def _all(elements: Sequence[ET.Element]) -> Iterator[ET.Element]:
    for element in elements:
        yield from element.iter()

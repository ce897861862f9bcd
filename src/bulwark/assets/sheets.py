"""Sprite sheets: SVG files in which each nested `<svg id="...">` is a frame."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from bulwark.errors import AssetError

HINT = 'A frame is a nested <svg id="NAME" width="W" height="H" viewBox="...">; everything else belongs in <defs>.'
SVG = "{http://www.w3.org/2000/svg}"

ET.register_namespace("", SVG[1:-1])
_REFERENCE = re.compile(r"url\(#")


class Frame(NamedTuple):
    """A picture of the atlas: its name, size in pixels, and element."""

    name: str
    width: int
    height: int
    element: ET.Element


class Sheet(NamedTuple):
    """Shared definitions, and the frames; ids are unique across all sheets."""

    definitions: Sequence[ET.Element]
    frames: Sequence[Frame]


def read_sheets(folder: Path) -> list[Sheet]:
    """Every sheet below `folder`, by name. Raises AssetError naming the file and the frame."""
    return [_read_sheet(file, folder) for file in sorted(folder.rglob("*.svg"))]


def _read_sheet(file: Path, folder: Path) -> Sheet:
    name = file.relative_to(folder).with_suffix("").as_posix()
    try:
        root = ET.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314  our own source, part of this package
    except ET.ParseError as error:
        raise AssetError(f"{name}.svg: {error}.", hint=HINT) from error
    frames = [_frame(element, name) for element in root.findall(f"{SVG}svg")]
    definitions = [each for group in root.findall(f"{SVG}defs") for each in group]
    elements = list(_all([*definitions, *(frame.element for frame in frames)]))
    _refuse_repeats([element.attrib["id"] for element in elements if "id" in element.attrib], name)
    for element in elements:
        _rename(element, name)
    return Sheet(definitions, frames)


def _frame(element: ET.Element, sheet: str) -> Frame:
    name = f"{sheet}/{element.get('id')}"
    sizes = [element.get(side, "") for side in ("width", "height")]
    if not element.get("id") or not all(size.isdecimal() for size in sizes) or not element.get("viewBox"):
        raise AssetError(f"{name}: a frame without id, whole width and height, or viewBox.", hint=HINT)
    return Frame(name, int(sizes[0]), int(sizes[1]), element)


def _refuse_repeats(ids: Sequence[str], sheet: str) -> None:
    repeated = sorted({each for each in ids if ids.count(each) > 1})
    if repeated:
        raise AssetError(f"{sheet}.svg: the id {repeated[0]!r} appears twice.", hint="Rename one of them.")


def _all(elements: Sequence[ET.Element]) -> Iterator[ET.Element]:
    for element in elements:
        yield from element.iter()


def _rename(element: ET.Element, sheet: str) -> None:
    """Prefix an element's id, and each id it refers to, with the sheet's name."""
    for key, value in element.attrib.items():
        if key == "id":
            element.set(key, f"{sheet}.{value}")
        elif key.endswith("href"):
            element.set(key, f"#{sheet}.{value.removeprefix('#')}")
        else:
            element.set(key, _REFERENCE.sub(f"url(#{sheet}.", value))

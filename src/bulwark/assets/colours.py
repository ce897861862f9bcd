"""Colours in drawings: those the renderer does not know it would draw in black, or not at all."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from bulwark.assets.rendering import render_png

_COLOURS = frozenset({"fill", "stroke", "stop-color", "flood-color", "lighting-color", "color"})
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_ODD_COLOUR = re.compile(r"\b(?:device-cmyk|icc-color|var|color-mix|lab|lch|oklab|oklch|color)\(")
_STYLE_COLOUR = re.compile(r"(?:^|;)\s*(fill|stroke|stop-color|flood-color)\s*:\s*([^;]*)")
_NAME = re.compile(r"[a-zA-Z]+")
_UNUSUAL = frozenset({"black", "none", "transparent", "inherit", "currentcolor"})
_PIXEL = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1" fill="{}"/></svg>'


def colours_of(element: ET.Element) -> Iterator[tuple[str, str]]:
    """The colours of an element, by attribute or style property."""
    yield from ((key, element.attrib[key].strip()) for key in sorted(_COLOURS & element.attrib.keys()))
    yield from ((key, value.strip()) for key, value in _STYLE_COLOUR.findall(element.get("style", "")))


@functools.cache
def is_colour(value: str) -> bool:
    """Whether the renderer knows the colour, or the paint is a reference."""
    if value.startswith("#"):
        return _HEX.fullmatch(value) is not None
    if _NAME.fullmatch(value) and value.lower() not in _UNUSUAL:
        drawn, *unknown = [render_png(_PIXEL.format(fill)) for fill in (value, "black", "none")]
        return drawn not in unknown
    return _ODD_COLOUR.search(value) is None

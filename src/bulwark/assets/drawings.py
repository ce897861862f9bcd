"""SVG sources: read, and refused by name if a part of them would be missing from the picture.

The renderer passes over what it does not know: pictures, texts without fonts, style sheets, broken references.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from bulwark.assets.colours import colours_of, is_colour
from bulwark.assets.sources import did_you_mean, read_source
from bulwark.errors import AssetError

SVG = "{http://www.w3.org/2000/svg}"
ROOT_HINT = "See src/bulwark/assets/README.md for how a drawing is divided."
MAX_DEPTH = 60

ET.register_namespace("", SVG[1:-1])

_SAVE_PLAIN = "Save as `Plain SVG`, with colours as attributes of the shapes."
_REMOVE = "Remove it: it has no effect on a still picture."
_DRAWN = frozenset({
    "a", "circle", "clipPath", "defs", "desc", "ellipse", "filter", "g", "line",
    "linearGradient", "marker", "mask", "metadata", "path", "pattern", "polygon", "polyline", "radialGradient",
    "rect", "stop", "svg", "switch", "symbol", "title", "use",
})  # fmt: skip
_HINTS: Mapping[str, str] = {
    "image": "Draw it as shapes; in Inkscape, Path > Trace Bitmap makes shapes from a picture.",
    "feImage": "Draw it as shapes.",
    "text": "Convert it to shapes (in Inkscape: Path > Object to Path): there are no fonts in the build.",
    "tspan": "Convert the text to shapes (in Inkscape: Path > Object to Path).",
    "style": _SAVE_PLAIN,
    "script": _REMOVE,
    **dict.fromkeys(
        ("animate", "animateTransform", "animateMotion", "set"), "Draw each step as a frame of its own."
    ),
}
# Attributes that say how the file is shown, which the frames do without.
_ROOT_ATTRIBUTES = frozenset(
    {"width", "height", "viewBox", "version", "baseProfile", "id", "x", "y", "preserveAspectRatio"}
)
_URL = re.compile(r"url\(\s*['\"]?\s*([^'\")]*?)\s*['\"]?\s*\)")


class Reference(NamedTuple):
    """A reference of an element to another: the attribute, and what it refers to, such as `#red`."""

    attribute: str
    target: str


def read_drawing(file: Path, name: str, *, children: Collection[str]) -> ET.Element:
    """The root of the SVG `file`, called `name` in errors, with no children but `children`. Raises AssetError."""
    content = read_source(file, name)
    try:
        root = ET.fromstring(content)  # noqa: S314  our own source, of limited size
    except (ET.ParseError, ValueError, LookupError) as error:
        raise AssetError(f"{name} is not well-formed XML: {error}.", hint=ROOT_HINT) from error
    _Check(name, content.decode("utf-8", "replace")).check(root, children)
    return root


def references(element: ET.Element) -> Iterator[Reference]:
    """What an element refers to by `href` and `url(...)`."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == "href":
            yield Reference(key, value)
        else:
            yield from (Reference(key, target) for target in _URL.findall(value))


def rename(element: ET.Element, prefix: str) -> None:
    """Prefix an element's id, and each id it refers to."""
    for key, value in element.attrib.items():
        if key == "id":
            element.set(key, f"{prefix}.{value}")
        elif key.rpartition("}")[2] == "href":
            element.set(key, f"#{prefix}.{value.removeprefix('#')}")
        else:
            element.set(key, _URL.sub(lambda url: f"url(#{prefix}.{url[1].removeprefix('#')})", value))


class _Check:
    """One file's checks; its text is kept to find the line of a mistake."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text

    def check(self, root: ET.Element, children: Collection[str]) -> None:
        self._root(root)
        self._children(root, children)
        self._depth(root)
        ids = [element.attrib["id"] for element in _drawn(root) if "id" in element.attrib]
        self._repeats(ids)
        for element in _drawn(root):
            self._element(element)
            self._attributes(element)
            self._references(element, ids)
        self._circles(root)

    def _root(self, root: ET.Element) -> None:
        if root.tag == "svg":
            self._fail("the namespace is missing", hint=f'Write <svg xmlns="{SVG[1:-1]}" ...>.')
        if root.tag != f"{SVG}svg":
            self._fail(f"<{_local(root)}> is not an SVG drawing", hint="Save it as SVG.")
        for key in root.attrib:
            if not key.startswith("{") and key not in _ROOT_ATTRIBUTES:
                self._fail(
                    f"`{key}` of the outermost <svg> does not reach what is inside",
                    hint="Write it on the shapes, or on a <g> around them.",
                )

    def _children(self, root: ET.Element, children: Collection[str]) -> None:
        for child in root:
            known = not _is_svg(child) or _local(child) in {*children, "title", "desc", "metadata"}
            if not known and _local(child) not in _HINTS:
                parts = " and ".join(f"<{each}>" for each in children)
                self._fail(
                    f"a flat drawing: {_described(child)} is in none of {parts}",
                    tag=_local(child),
                    hint=ROOT_HINT,
                )

    def _depth(self, root: ET.Element) -> None:
        level = [root]
        for _ in range(MAX_DEPTH):
            level = [child for element in level for child in element]
        if level:
            self._fail(f"groups are nested more than {MAX_DEPTH} deep", hint="Ungroup some of them.")

    def _element(self, element: ET.Element) -> None:
        tag = _local(element)
        known = tag in _DRAWN or (tag.startswith("fe") and tag != "feImage")
        if not _is_svg(element) or not known:
            hint = _HINTS.get(tag) or did_you_mean(tag, _DRAWN, otherwise="The renderer would pass over it.")
            self._fail(f"{_described(element)} cannot be drawn", tag=tag, hint=hint)

    def _attributes(self, element: ET.Element) -> None:
        if "class" in element.attrib:
            self._fail(
                f"{_described(element)} has a class, but style sheets are not read",
                tag=_local(element),
                hint=_SAVE_PLAIN,
            )
        for key, value in colours_of(element):
            if not is_colour(value):
                self._fail(
                    f"{_described(element)}: {key} {value!r} is not a colour",
                    tag=_local(element),
                    hint="Write a colour as #rrggbb, with fill-opacity or stroke-opacity for its transparency.",
                )

    def _references(self, element: ET.Element, ids: Collection[str]) -> None:
        for attribute, target in references(element):
            where = f"{_described(element)}: {attribute.rpartition('}')[2]}"
            if not target.startswith("#"):
                self._fail(
                    f"{where} leads outside the file: {target[:60]!r}",
                    tag=_local(element),
                    hint="Copy what it refers to into this file's <defs>.",
                )
            if target[1:] not in ids:
                hint = did_you_mean(target[1:], ids, otherwise="Its id must be in this file.")
                self._fail(
                    f"{where} refers to {target!r}, which is not there", tag=_local(element), hint=hint
                )

    def _repeats(self, ids: Sequence[str]) -> None:
        repeated = [name for name, count in Counter(ids).items() if count > 1]
        if repeated:
            self._fail(f"the id {repeated[0]!r} appears twice", hint="Rename one of them.")

    def _circles(self, root: ET.Element) -> None:
        uses = {
            element.get("id", ""): {target[1:] for part in element.iter() for _, target in references(part)}
            for element in root.iter()
            if element.get("id")
        }
        try:
            TopologicalSorter(uses).prepare()
        except CycleError as error:
            chain = " uses ".join(f"{each!r}" for each in reversed(error.args[1]))
            self._fail(f"a drawing contains itself: {chain}", hint="The renderer would leave it out.")

    def _fail(self, message: str, *, hint: str, tag: str = "") -> None:
        found = re.search(rf"<(?:[\w.-]+:)?{re.escape(tag)}[\s/>]", self._text) if tag in _HINTS else None
        line = f", line {self._text.count(chr(10), 0, found.start()) + 1}" if found else ""
        raise AssetError(f"{self._name}{line}: {message}.", hint=hint)


def _drawn(root: ET.Element) -> Iterator[ET.Element]:
    """Every element of the drawing; an editor's own elements, with all they contain, are not drawn."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        if _local(element) != "metadata":
            waiting.extend(
                child for child in reversed(element) if _is_svg(child) or "}" not in str(child.tag)
            )


def _is_svg(element: ET.Element) -> bool:
    return str(element.tag).startswith(SVG)


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _described(element: ET.Element) -> str:
    own = element.get("id")
    return f"<{_local(element)} id={own!r}>" if own else f"<{_local(element)}>"

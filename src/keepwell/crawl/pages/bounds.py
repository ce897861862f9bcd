"""A document that is made to take the parser too long, cut short.

What makes parsing take more than the document's length: its depth, the attributes of one tag, and the options of one `select`, of
which each new one has all of them looked through (4.10.7), each to the square; what is open, for each tag that follows; and formatting
that is not closed, which HTML opens again in every paragraph that follows (13.2.4.3): 1,000 fonts and 2,000 paragraphs, 30 kB, are two
million elements. Of a large document, elements and attributes of two or three characters each take a hundred times as much memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from keepwell.crawl.pages.turns import in_turns

# A page that people read is nested by some dozens. With so few tags, the depth does not matter.
_MOST_DEPTH = 2_000
_FEW_TAGS = 10_000
# Elements that are opened again: a page that forgets some has thousands.
_MOST_REOPENED = 500_000
# What is open, for each tag: two seconds.
_MOST_STEPS = 1_000_000_000
# Two seconds if they are all of one `select`; a page that people read has some hundreds.
_MOST_OPTIONS = 20_000
# Tags, words and attributes: half a gigabyte. A shorter document cannot take more.
_MOST_PIECES = 1_600_000
_FEW_PIECES_CHARACTERS = 4_000_000
# Different elements; a page that people read has fewer than 200.
_MOST_NAMES = 2_000
# Attributes, each compared with all others of its tag: half a second. A shorter document has at most twice as many.
_MOST_COMPARISONS = 400_000_000
_FEW_CHARACTERS = 100_000
_FORMATS = ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
# Without content, or closed by what follows them.
_FLAT = "area base br col embed hr img input link meta source track wbr p li dt dd tr td th option tbody thead tfoot"
# What may be a format: it begins like one, is no longer, and has no "p", since most tags are spans. That is four times as fast as all names.
_LIKE_FORMAT = re.compile(r"<(/?+[bBcCeEfFiInNsStTuU][a-oq-zA-OQ-Z]{0,5}+)(?=[\s/>])")
_NAME = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9-]{0,20})")
_TAGS = re.compile(r"(?:<[^<]*+){1,500}+")
# By the grammar of HTML's tokenizer (13.2.5.32), since an attribute may have a ">" in quotes.
_ATTRIBUTE = r"(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+)"
_EACH_ATTRIBUTE = re.compile(_ATTRIBUTE)
# An attribute that begins where the one before ends with a quote.
_TIGHT = re.compile(r"[\"'][^\s/>=\"'][^\s/>=\"']*=")
_ATTRIBUTES = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:{_ATTRIBUTE}){{0,25000}}+)")
# A tag of many attributes, and before it some others. Those in quotes, comments and scripts count as well: tokenizers disagree
# about where these end.
_LARGE_TAG = rf"<[a-zA-Z][^\s/>]*+{_ATTRIBUTE}{{50}}+"
_UP_TO_LARGE = re.compile(rf"(?:(?!{_LARGE_TAG})<[^<]*+){{1,500}}+|(<)[^<]*+")


def bearable(text: str) -> str:
    """The part of a document before it becomes unbearable, give or take 500 tags: nearly always, all of it."""
    if len(text) > _FEW_CHARACTERS:
        text = text[: _abundant(text)]
        text = text[: _crowded(text)]
    tags = text.count("<")
    opening = tags - text.count("</")
    # A tag opens a format or begins a paragraph that opens formats again, so at most half of the tags, for each of the other half.
    if tags * tags < 4 * _MOST_REOPENED or (opening**2 < 4 * _MOST_REOPENED and opening * tags < _MOST_STEPS):
        return text
    if tags < _FEW_TAGS and tags * _most_formats(text) < _MOST_REOPENED:
        return text
    return text[: _nested(text)]


def _abundant(text: str) -> int | None:
    """Where there were too many options, or too many pieces of a large document; None if nowhere."""
    if len(text) < _FEW_PIECES_CHARACTERS and text.count("<o") + text.count("<O") < _MOST_OPTIONS:
        return None
    options = pieces = 0
    for tags in in_turns(_TAGS.finditer(text, _first_tag(text)), every=1):
        part = tags[0]
        options += part.lower().count("<option")
        # An attribute ends with a space, a slash or a quote.
        pieces += part.count("<") + len(part.split()) + part.count("/") + len(_TIGHT.findall(part))
        if options > _MOST_OPTIONS or pieces > _MOST_PIECES:
            return tags.start()
    return None


def _crowded(text: str) -> int | None:
    """Where a tag begins whose attributes take too long, with those before; None if none does."""
    comparisons = 0
    for tags in in_turns(_UP_TO_LARGE.finditer(text, _first_tag(text)), every=5):
        if tags[1] and (found := _ATTRIBUTES.match(text, tags.start())):
            comparisons += len(_EACH_ATTRIBUTE.findall(found[1])) ** 2
            if comparisons > _MOST_COMPARISONS:
                return tags.start()
    return None


def _nested(text: str) -> int | None:
    """Where the document is nested too deep, or opens too many formats again; None if nowhere."""
    nesting = _Nesting()
    for tags in in_turns(_TAGS.finditer(text, _first_tag(text)), every=1):
        nesting.read(_NAME.findall(tags[0]))
        if nesting.is_unbearable:
            return tags.start()
    return None


def _first_tag(text: str) -> int:
    """Where the first tag begins, which `str` finds ten times as fast as an expression does."""
    found = text.find("<")
    return len(text) if found < 0 else found


def _most_formats(text: str) -> int:
    """How many formats are open at the same time at most."""
    nesting = _Nesting()
    nesting.read(_LIKE_FORMAT.findall(text))
    return nesting.most_formats


class _Nesting:
    """The elements that are open after the tags that were read, and how many were opened again at most."""

    def __init__(self) -> None:
        self.most_formats = 0
        self._depth = 0
        self._formats = 0
        self._reopened = 0
        self._steps = 0
        self._open: dict[str, int] = {}

    @property
    def is_unbearable(self) -> bool:
        return (
            self._depth > _MOST_DEPTH
            or self._reopened > _MOST_REOPENED
            or self._steps > _MOST_STEPS
            or len(self._open) > _MOST_NAMES
        )

    def read(self, tags: Sequence[str]) -> None:
        """Read tags, such as `p` and `/p`. One that closes what is not open is ignored, as the parser does."""
        elements, depth, formats = self._open, self._depth, self._formats
        for tag in tags:
            self._reopened += formats
            name, step, is_format = _STEPS.get(tag) or _step(tag)
            if step < 0 and not elements.get(name):
                continue
            if step:
                elements[name] = elements.get(name, 0) + step
                depth += step
                if is_format:
                    formats += step
                    self.most_formats = max(formats, self.most_formats)
        self._depth, self._formats = depth, formats
        self._steps += depth * len(tags)


def _step(tag: str) -> tuple[str, int, bool]:
    """The name of a tag's element, by how much it nests deeper, and whether it is a format."""
    name = tag.lower().removeprefix("/")
    return name, 0 if name in _FLAT_NAMES else -1 if tag[0] == "/" else 1, name in _FORMATS


_FLAT_NAMES = frozenset(_FLAT.split())
# Of the tags that most pages consist of.
_STEPS = {
    tag: _step(tag)
    for name in ("a", "div", "span", "ul", "pre", "section", *_FORMATS, *_FLAT_NAMES)
    for tag in (name, f"/{name}")
}

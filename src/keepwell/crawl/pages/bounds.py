"""A document that is made to take the parser too long, cut short.

Three things make parsing take more than the document's length: its depth, and the attributes of one tag, each to the square;
and formatting that is not closed, which HTML opens again in every paragraph that follows (13.2.4.3): 1,000 fonts and 2,000
paragraphs, 30 kB, are two million elements.
"""

from __future__ import annotations

import re
from collections import Counter

# A page that people read is nested by some dozens. With so few tags, the depth does not matter.
_MOST_DEPTH = 2_000
_FEW_TAGS = 10_000
# Elements that are opened again: a page that forgets some has thousands.
_MOST_REOPENED = 500_000
_SHORTEST_PARAGRAPH = len("<p>x")
_FORMATS = ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
# Both cases are written out: ignoring them makes the search three times as slow.
_NAMES = "|".join("".join(f"[{letter}{letter.upper()}]" for letter in name) for name in _FORMATS)
_FORMAT = re.compile(rf"<(/?)({_NAMES})(?=[\s/>])")
# So many attributes take half a second; a shorter document has no tag with more.
_MOST_ATTRIBUTES = 20_000
_FEW_CHARACTERS = 100_000
# By the grammar of HTML's tokenizer (13.2.5.32), since an attribute may have a ">" in quotes.
_ATTRIBUTE = r"(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+)"
_WHOLE_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+{_ATTRIBUTE}*+")
_CROWDED = re.compile(rf"<[a-zA-Z][^\s/>]*+{_ATTRIBUTE}{{{_MOST_ATTRIBUTES}}}+")
_SHORTEST_ATTRIBUTE = len(" a")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,20})")
# Without content, or closed by what follows them.
_FLAT = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "option",
        "tbody",
        "thead",
        "tfoot",
    ]
)


def bearable(text: str) -> str:
    """The part of a document before it becomes unbearable: nearly always, all of it."""
    if len(text) > _FEW_CHARACTERS:
        text = text[: _first_crowded(text)]
    tags = text.count("<")
    # A tag opens a format or begins a paragraph that opens formats again, so at most half of the tags, for each of the other half.
    if tags * tags < 4 * _MOST_REOPENED or (tags < _FEW_TAGS and _reopens_little(text)):
        return text
    opened: Counter[str] = Counter()
    depth = formats = reopened = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        step = 0 if name in _FLAT else -1 if tag[1] else 1
        if step > 0 or (step and opened[name]):
            opened[name] += step
            depth += step
            formats += step if name in _FORMATS else 0
        reopened += formats
        if depth > _MOST_DEPTH or reopened > _MOST_REOPENED:
            return text[: tag.start()]
    return text


def _first_crowded(text: str) -> int | None:
    """Where the first tag with too many attributes begins."""
    # Tag by tag: one search of megabytes would let no other thread go on until it is at its end.
    for tag in _WHOLE_TAG.finditer(text):
        if tag.end() - tag.start() > _SHORTEST_ATTRIBUTE * _MOST_ATTRIBUTES and _CROWDED.match(
            text, tag.start()
        ):
            return tag.start()
    return None


def _reopens_little(text: str) -> bool:
    """Whether even paragraphs of one letter would not open too many formats again; most pages are known by this."""
    opened: Counter[str] = Counter()
    formats = reopened = end = 0
    for tag in _FORMAT.finditer(text):
        reopened += formats * (tag.start() - end) // _SHORTEST_PARAGRAPH
        end, name, step = tag.end(), tag[2].lower(), -1 if tag[1] else 1
        if step > 0 or opened[name]:
            opened[name] += step
            formats += step
    return reopened + formats * (len(text) - end) // _SHORTEST_PARAGRAPH < _MOST_REOPENED

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
_CROWDED = re.compile(
    r"<[a-zA-Z][^\s/>]*+(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+)"
    f"{{{_MOST_ATTRIBUTES}}}+"
)
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
    if len(text) > _FEW_CHARACTERS and (crowded := _CROWDED.search(text)) is not None:
        text = text[: crowded.start()]
    if text.count("<") < _FEW_TAGS and _reopens_little(text):
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

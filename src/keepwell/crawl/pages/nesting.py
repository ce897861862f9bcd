"""A document that is nested without end, made bearable: parsing one takes time that grows with the square of its depth."""

from __future__ import annotations

import re
from collections import Counter

# A page that people read is nested by some dozens. With so few tags, the depth does not matter.
_MOST_DEPTH = 2_000
_FEW_TAGS = 10_000
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


def shallow(text: str) -> str:
    """The part of a document before it is nested too deeply: nearly always, all of it."""
    if text.count("<") < _FEW_TAGS:
        return text
    opened: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in _FLAT:
            continue
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > _MOST_DEPTH:
            return text[: tag.start()]
    return text

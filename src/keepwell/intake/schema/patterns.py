r"""Patterns of a JSON Schema as Python's, if the translation accepts nothing that the original refuses.

The patterns that pass contain no look-around, back reference or negated class escape, so each part only adds
to what can match, and a part that matches less makes the whole match less. Every atom is therefore translated
to the same characters or fewer: `.` without any line terminator, `\d` and `\w` in ASCII. They also take few
steps for each character in Python's backtracking: no repetition contains another one, and the number of
possible matches is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LITERAL = r"[A-Za-z0-9 _\-:/@#%&=,;<>!~'\"`]"
_ESCAPED = r"\\[\\^$.*+?()\[\]{}|/\-]"
_CLASS_ITEM = r"(?:[A-Za-z0-9 _:/@#%&=,;<>!~'\"`.*+?(){}|$]|\\[dw\\\]\[^$.*+?(){}|/\-])"
_CLASS = rf"\[\^?(?:{_CLASS_ITEM}(?:-{_CLASS_ITEM})?)+-?\]"
_QUANTIFIER = r"(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})"
_TOKENS = re.compile(
    rf"(?P<class>{_CLASS})|(?P<digit>\\d)|(?P<word>\\w)|(?P<escaped>{_ESCAPED})|(?P<dot>\.)|(?P<start>\^)"
    rf"|(?P<end>\$)|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<alternative>\|)|(?P<quantifier>{_QUANTIFIER})"
    rf"|(?P<literal>{_LITERAL})"
)
# Python, ECMAScript and Rust disagree about these within a class.
_DISPUTED = re.compile(r"\\[dw]-(?!\])|-\\[dw]|--|&&|\|\||~~")
_REPEATABLE = {"class", "digit", "word", "escaped", "dot", "literal", "plain group"}
_TRANSLATED = {
    "digit": "[0-9]",
    "word": "[A-Za-z0-9_]",
    "dot": "[^\\n\\r\\u2028\\u2029]",
    "start": r"\A",
    "end": r"\Z",
}
_MOST_WAYS_PER_CHARACTER = 100
_MOST_WAYS_PER_TEXT = 10_000


@dataclass
class _Group:
    """An open group: the number of ways its earlier branches can match, and those of the current one."""

    earlier: int = 0
    ways: int = 1
    is_plain: bool = True


def as_python(pattern: str) -> str | None:
    """A pattern for `re.search` that matches only what `pattern` matches; None if none is known."""
    tokens = _tokens(pattern)
    if tokens is None or not _is_quick(tokens):
        return None
    parts = [
        _translated_class(text) if kind == "class" else _TRANSLATED.get(kind, text) for kind, text in tokens
    ]
    return _compiling("".join(parts))


def _tokens(pattern: str) -> list[tuple[str, str]] | None:
    """The parts of `pattern` with their kinds; None if one of them is not supported."""
    tokens, position = [], 0
    while position < len(pattern):
        token = _TOKENS.match(pattern, position)
        if token is None or token.lastgroup is None:
            return None
        if token["class"] and _DISPUTED.search(token["class"]):
            return None
        tokens.append((token.lastgroup, token[0]))
        position = token.end()
    return tokens


def _is_quick(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether backtracking is bounded.

    A repeated part, unless it is only optional, contains neither a repetition nor a choice. At most one part
    is repeated without bound, and then the pattern is anchored. The counts of the other repetitions and the
    branches of choices give few combinations for each position where a match may begin or the unbounded part
    may end.
    """
    groups, unbounded, before = [_Group()], 0, ""
    for kind, text in tokens:
        closed = groups.pop() if kind == "close" else _Group()
        if not groups:
            return False
        if kind == "quantifier" and before not in _REPEATABLE and (before, text) != ("close", "?"):
            return False
        group = groups[-1]
        if kind == "open":
            groups.append(_Group())
        elif kind == "close":
            group.ways *= closed.earlier + closed.ways
            group.is_plain &= closed.is_plain
        elif kind == "alternative":
            group.earlier, group.ways, group.is_plain = group.earlier + group.ways, 1, False
        elif kind == "quantifier":
            counts = _counts(text)
            unbounded += counts is None
            group.ways *= counts or 1
            group.is_plain = False
        before = "plain group" if kind == "close" and closed.is_plain else kind
    is_anchored = tokens[:1] == [("start", "^")] and not groups[0].earlier
    is_bounded = is_anchored and not unbounded
    most = _MOST_WAYS_PER_TEXT if is_bounded else _MOST_WAYS_PER_CHARACTER
    return unbounded <= is_anchored and groups[0].earlier + groups[0].ways <= most


def _counts(quantifier: str) -> int | None:
    """The number of counts that a repetition allows; None if it is unbounded."""
    if quantifier == "?":
        return 2
    least, comma, most = quantifier.strip("{}").partition(",")
    if quantifier in {"*", "+"} or (comma and not most):
        return None
    return int(most) - int(least) + 1 if comma else 1


def _translated_class(text: str) -> str:
    return text.replace(r"\d", "0-9").replace(r"\w", "A-Za-z0-9_")


def _compiling(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error:
        return None
    return pattern

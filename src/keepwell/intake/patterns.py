r"""Patterns of a JSON Schema as Python's: only where the translation can accept nothing that the original refuses.

The patterns that pass hold no look-around, back reference or negated class escape, so each part only
adds to what can match, and a part that matches less makes the whole match less. Every atom is thus
translated to the same characters or fewer: `.` without any line terminator, `\d` and `\w` in ASCII.
They also take no more than polynomial time in Python's backtracking: what is repeated repeats nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_ATOMS = {"class", "digit", "word", "escaped", "dot", "literal"}
_TRANSLATED = {
    "digit": "[0-9]",
    "word": "[A-Za-z0-9_]",
    "dot": "[^\\n\\r\\u2028\\u2029]",
    "start": r"\A",
    "end": r"\Z",
}


def as_python(pattern: str) -> str | None:
    """A pattern for `re.search` that matches no text which `pattern` does not; None where none is known."""
    tokens = _tokens(pattern)
    if tokens is None or not _is_quick(tokens):
        return None
    parts = [
        _translated_class(text) if kind == "class" else _TRANSLATED.get(kind, text) for kind, text in tokens
    ]
    return _compiling("".join(parts))


def _tokens(pattern: str) -> list[tuple[str, str]] | None:
    """The parts of `pattern` with their kinds; None where it holds one that is not known."""
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
    """Whether backtracking cannot run away.

    At most one part is repeated without bound, and then the pattern is anchored; and what is repeated
    holds neither a repetition nor a choice.
    """
    plain_groups = [True]
    unbounded, previous = 0, ""
    for kind, text in tokens:
        if kind == "quantifier":
            if previous not in _ATOMS | {"plain group"}:
                return False
            unbounded += text[0] in "*+" or text.endswith(",}")
        if kind in {"quantifier", "alternative"}:
            plain_groups = [False] * len(plain_groups)
        if kind == "open":
            plain_groups.append(True)
        previous = kind
        if kind == "close":
            previous = "plain group" if plain_groups.pop() else "busy group"
        if not plain_groups:
            return False
    has_choice = any(kind == "alternative" for kind, _ in tokens)
    return not unbounded or (unbounded == 1 and tokens[0][0] == "start" and not has_choice)


def _translated_class(text: str) -> str:
    return text.replace(r"\d", "0-9").replace(r"\w", "A-Za-z0-9_")


def _compiling(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error:
        return None
    return pattern

"""Taking a JSON object or array apart without decoding its members, so that an undecodable one spoils no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

# Possessive, so that an unterminated text is scanned once.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{},]', re.DOTALL)
_NAME = re.compile(rb'\s*+("(?:[^"\\]|\\.)*+")\s*+:', re.DOTALL)
_OPENING, _CLOSING = (b"[", b"{"), (b"]", b"}")


def items_of_array(text: bytes) -> list[bytes]:
    """The text of each item; raises ValueError if `text` is not one array."""
    return list(_members(text, b"["))


def members_of_object(text: bytes) -> dict[str, bytes]:
    """The text of each value by its name, the last one of a name; raises ValueError if `text` is not one object."""
    found: dict[str, bytes] = {}
    for member in _members(text, b"{"):
        name = _NAME.match(member)
        if name is None:
            raise ValueError("a member has no name")
        found[msgspec.json.decode(name[1], type=str)] = member[name.end() :].strip()
    return found


def _members(text: bytes, opening: bytes) -> Iterator[bytes]:
    whole = text.strip()
    if not whole.startswith(opening):
        raise ValueError("it does not begin as it should")
    depth = start = 0
    for token in _TOKEN.finditer(whole):
        mark = token.group()
        if mark in _OPENING:
            depth += 1
            start = token.end() if depth == 1 else start
        elif mark in _CLOSING:
            depth -= 1
        if (mark in _CLOSING and not depth) or (mark == b"," and depth == 1):
            member = whole[start : token.start()].strip()
            start = token.end()
            if member or mark == b",":
                yield member
        if not depth:
            break
    if depth or start != len(whole):
        raise ValueError("it has no end, or text after its end")

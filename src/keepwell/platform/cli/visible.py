"""Texts of others on a terminal: nothing in a name may move the cursor, change colours or hide what follows."""

from __future__ import annotations

import json
import unicodedata

# The last two join the parts of an emoji, and letters of some scripts.
_KEPT = {"\n", "\t", "\u200c", "\u200d"}
_LAST_OF_BASIC_PLANE = 0xFFFF
_DELETE = "\x7f"
# Controls, and formatting such as the marks that reverse the direction of writing; line and paragraph separators;
# and bytes of a file name or an argument that are not UTF-8, which Python reads as halves of a surrogate pair.
_HIDDEN = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def visible(text: str) -> str:
    """`text` with each character that a terminal would obey, or not show, written as an escape, for example of ESC."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def visible_json(document: str) -> str:
    """A JSON document with the same content, in which no text contains such a character itself."""
    if document.isascii() and _DELETE not in document:
        return document
    return "".join(_escaped_in_json(character) for character in document)


def _escaped_in_json(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    # Beyond the basic plane JSON wants two escapes, which the module writes.
    number = ord(character)
    return f"\\u{number:04x}" if number <= _LAST_OF_BASIC_PLANE else json.dumps(character)[1:-1]


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode()

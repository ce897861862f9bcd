"""In which characters a page is written: byte order mark, header, `meta`, and only then a guess."""

from __future__ import annotations

import codecs
import re

import cchardet

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# As browsers do (HTML, 13.2.3.2), and enough for a guess.
_HEAD_BYTES = 1_024
_GUESSED_BYTES = 16_384
# Python's names of what the Encoding Standard has; its other codecs are not for the web, and some are no charsets at all.
_KNOWN = frozenset(
    {"utf-8", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "gbk", "gb18030", "big5", "euc_jp", "shift_jis"}
    | {"iso2022_jp", "euc_kr", "cp949", "cp932", "mac-roman", "cp866"}
    | {f"cp{number}" for number in (874, *range(1250, 1259))}
    | {f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)
# The Encoding Standard: what calls itself Latin-1 or ASCII is Windows-1252.
_SAME = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gbk",
    "utf-16": "utf-16-le",
}
_ANY = "cp1252"


def charset_of(body: bytes, content_type: str) -> str:
    """The name of Python's codec for `body`; always one that exists."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    if (found := _IN_HEADER.search(content_type)) and (name := _codec(found[1])):
        return name
    if (found_bytes := _IN_META.search(body, 0, _HEAD_BYTES)) and (name := _codec(found_bytes[1].decode())):
        # A document that could be read this far is not UTF-16, whatever it says.
        return "utf-8" if name.startswith("utf-16") else name
    return _guessed(body)


def _codec(label: str) -> str:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    name = _SAME.get(name, name)
    return name if name in _KNOWN else ""


def _guessed(body: bytes) -> str:
    try:
        body.decode()
    except UnicodeDecodeError:
        return _codec(cchardet.detect(body[:_GUESSED_BYTES])["encoding"] or "") or _ANY
    return "utf-8"

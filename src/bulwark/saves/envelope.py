"""A document with its kind, version and a checksum over all of it: any flipped bit is detected.

The first line is `bulwark-KIND VERSION SHA256`; the rest is deflated JSON. The hash covers the line's first two words
and the rest, so that no part of the file is unprotected.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from typing import Any

from bulwark.errors import SaveError

MAX_BYTES = 64_000_000  # inflated; a match is below one million
_VERSION = re.compile(r"[0-9]{1,9}")
_KIND = re.compile(rb"bulwark-([a-z]{1,20}) ")
_OTHER = "Choose a file that Bulwark has saved."
_DAMAGED = "It is damaged: resume from the last good checkpoint."


def seal(document: dict[str, Any], *, kind: str, version: int) -> bytes:
    """The document as bytes; the same document gives the same bytes."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    body = zlib.compress(text.encode(), 6)
    head = f"bulwark-{kind} {version}"
    return f"{head} {_checksum(head, body)}\n".encode() + body


def kind_of(data: bytes) -> str:
    """The kind of document that the file begins like, whatever its name is; empty if Bulwark has not written it."""
    found = _KIND.match(data)
    return found[1].decode() if found else ""


def unseal(data: bytes, *, kind: str, newest: int) -> tuple[int, dict[str, Any]]:
    """Version and document. Raises SaveError if it is not such a document, damaged, or newer than `newest`."""
    line, _, body = data.partition(b"\n")
    words = line.decode("ascii", "replace").split(" ")
    if len(words) != 3 or words[0] != f"bulwark-{kind}":  # noqa: PLR2004  as the format says
        found = kind_of(data)
        hint = f"It is a {found}: open it as one." if found not in ("", kind) else _OTHER
        raise SaveError(f"This is not a Bulwark {kind}.", hint=hint)
    if words[2] != _checksum(" ".join(words[:2]), body):
        raise SaveError(f"The {kind}'s checksum does not match its content.", hint=_DAMAGED)
    return _version(words[1], kind=kind, newest=newest), _document(body, kind)


def _version(word: str, *, kind: str, newest: int) -> int:
    version = int(word) if _VERSION.fullmatch(word) else 0
    if version == 0:
        raise SaveError(f"The {kind}'s version is {word!r}, which is not a number from 1 on.", hint=_DAMAGED)
    if version > newest:
        raise SaveError(
            f"The {kind} is of version {version}, later than {newest}.", hint="Use a newer Bulwark."
        )
    return version


def _document(body: bytes, kind: str) -> dict[str, Any]:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(body, MAX_BYTES)
        document = json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise SaveError(f"The {kind} cannot be read: {error}.", hint=_DAMAGED) from error
    if inflater.unconsumed_tail or not isinstance(document, dict):
        raise SaveError(f"The {kind} is too large, or not a document.", hint=_DAMAGED)
    return document


def _checksum(head: str, body: bytes) -> str:
    return hashlib.sha256(head.encode() + b"\n" + body).hexdigest()

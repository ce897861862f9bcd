"""A document with its kind, its version and a checksum over all of it: one flipped bit anywhere is refused.

The first line is `bulwark-KIND VERSION SHA256`; the rest is JSON, deflated. The hash is over the line's first two
words and the rest, so that no part of the whole is outside of it.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

from bulwark.errors import SaveError

LARGEST = 64_000_000  # bytes when inflated; a match has less than one
_DAMAGED = "It is damaged: go on from the last good checkpoint."


def seal(document: dict[str, Any], *, kind: str, version: int) -> bytes:
    """The document as bytes; the same document gives the same bytes."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    body = zlib.compress(text.encode(), 6)
    head = f"bulwark-{kind} {version}"
    return f"{head} {_checksum(head, body)}\n".encode() + body


def unseal(data: bytes, *, kind: str, newest: int) -> tuple[int, dict[str, Any]]:
    """Version and document. Raises SaveError where it is no such document, damaged, or newer than `newest`."""
    line, _, body = data.partition(b"\n")
    words = line.decode("ascii", "replace").split(" ")
    if len(words) != 3 or words[0] != f"bulwark-{kind}":  # noqa: PLR2004  as the format says
        raise SaveError(f"This is no {kind} of Bulwark.", hint=_DAMAGED)
    if words[2] != _checksum(" ".join(words[:2]), body):
        raise SaveError(f"The {kind}'s checksum does not fit its content.", hint=_DAMAGED)
    version = int(words[1])
    if version > newest:
        raise SaveError(
            f"The {kind} is of version {version}, later than {newest}.", hint="Use a newer Bulwark."
        )
    return version, _document(body, kind)


def _document(body: bytes, kind: str) -> dict[str, Any]:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(body, LARGEST)
        document = json.loads(text)
    except (zlib.error, ValueError) as error:
        raise SaveError(f"The {kind} cannot be read: {error}.", hint=_DAMAGED) from error
    if inflater.unconsumed_tail or not isinstance(document, dict):
        raise SaveError(f"The {kind} is too large, or no document.", hint=_DAMAGED)
    return document


def _checksum(head: str, body: bytes) -> str:
    return hashlib.sha256(head.encode() + b"\n" + body).hexdigest()

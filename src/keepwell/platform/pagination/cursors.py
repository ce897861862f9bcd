"""Where a page of a list ended, and the opaque, signed cursor that encodes it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from keepwell.platform.errors import DataValidationError

Item = TypeVar("Item")
Place = TypeVar("Place", bound=msgspec.Struct)

LARGEST_PAGE = 200
_SIGNATURE_BYTES = 16
_HINT = "Start again without a cursor, or follow the Link header."


class PageEnd(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the sort key of its last row, as text, and that row's id."""

    key: str
    id: UUID


class RowPage(msgspec.Struct, Generic[Item], frozen=True):
    """Consecutive rows of a list, and where they end; None on the last page."""

    items: Sequence[Item]
    end: PageEnd | None


class Cursors:
    """Signs page ends, so that clients can only send back cursors they were given, and only for the same list."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, position: msgspec.Struct, *, of: str) -> str:
        """`position` in the list `of` as URL-safe text that clients pass back unread."""
        content = msgspec.msgpack.encode(position)
        return base64.urlsafe_b64encode(self._signature(content, of) + content).decode().rstrip("=")

    def decode(self, cursor: str, position: type[Place], *, of: str) -> Place:
        """The position in `cursor`; raises DataValidationError for one that was not given out for `of`."""
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError) as error:
            raise DataValidationError("cursor: is not one that this API gave out.", hint=_HINT) from error
        signature, content = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(content, of)):
            raise DataValidationError("cursor: was not given out for this list.", hint=_HINT)
        try:
            return msgspec.msgpack.decode(content, type=position)
        except msgspec.ValidationError as error:  # signed by an earlier release, which encoded it otherwise
            raise DataValidationError("cursor: is from an earlier release.", hint=_HINT) from error

    def _signature(self, content: bytes, of: str) -> bytes:
        # The list's name is JSON, which contains no NUL, so the boundary cannot be shifted.
        return hmac.digest(self._key, of.encode() + b"\0" + content, "sha256")[:_SIGNATURE_BYTES]

"""Keyset pages: an opaque cursor holds where the last page ended."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

import msgspec

from keepwell.platform.errors import DataValidationError

Position = TypeVar("Position")

LARGEST_PAGE = 200


def encode_cursor(position: msgspec.Struct) -> str:
    """`position` as URL-safe text that clients pass back unread."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_cursor(cursor: str, position: type[Position]) -> Position:
    """The position in `cursor`; raises DataValidationError for what this API never gave out."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=position)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        hint = "Start again without a cursor, or follow the Link header."
        raise DataValidationError("cursor: is not one that this API gave out.", hint=hint) from error

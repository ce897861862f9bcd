"""What an export for analysts contains: its files, and the manifest beside them. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date
from typing import Literal, TypeAlias

import msgspec

from keepwell.platform.errors import DomainError

FileFormat: TypeAlias = Literal["parquet", "csv"]
FILE_FORMATS: Sequence[FileFormat] = ("parquet", "csv")
MANIFEST = "manifest.json"
# A value that fewer accounts share says who they are.
FEWEST_SHARING = 5
OTHER = "other"
PROPERTY_PREFIX = "property_"
_DIGITS = 16


class NothingToExport(DomainError):
    """The workspace has no paid subscription."""

    code = "nothing-to-export"


class ExportedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the export; `sha256` is of its bytes, in hexadecimal."""

    name: str
    rows: int
    columns: Sequence[str]
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What was exported. The period is from the first day with a subscription or an event to the day before `recorded_until`.

    That is the day after the older source ends: the last event, or the last change of a subscription. `departed` counts the
    accounts that have paid before and do not pay on it. `left_out` are properties of events that may
    identify someone. Pseudonyms of two exports are comparable only if the key was kept.
    """

    exported_on: date
    first_on: date
    recorded_until: date
    currency: str
    accounts: int
    departed: int
    subscriptions: int
    events: int
    key_kept: bool
    fewest_sharing: int = FEWEST_SHARING
    left_out: Sequence[str]
    files: Sequence[ExportedFile]


class Pseudonyms:
    """Replaces ids by the first 64 bits of their HMAC-SHA256 (RFC 2104): without the key nobody can compute or reverse them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, external_id: str) -> str:
        """The pseudonym of an account: 16 hexadecimal digits, the same for the same id and key."""
        return hmac.new(self._key, external_id.encode(), hashlib.sha256).hexdigest()[:_DIGITS]

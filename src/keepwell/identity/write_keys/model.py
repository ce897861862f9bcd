"""Write keys, with which a product sends events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.platform.values.fields import Text

WRITE_KEY_PREFIX = "kwk_"


class WriteKey(msgspec.Struct, frozen=True):
    """A key that can send events into a workspace and do nothing else.

    `last_used_at` is noted at most every ten minutes; null means that it has sent nothing since that is noted.
    """

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class WriteKeyPage(msgspec.Struct, frozen=True):
    """A page of write keys, and the cursor of the next page, if any."""

    items: Sequence[WriteKey]
    next: str | None


class NewWriteKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A write key to create; of the keys in use, no two have the same name."""

    name: Text


class WriteKeyWithSecret(WriteKey, frozen=True, kw_only=True):
    """A write key with its secret, which is shown only now."""

    write_key: str

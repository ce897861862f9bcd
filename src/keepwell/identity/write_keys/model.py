"""Write keys, with which a product sends events."""

from __future__ import annotations

from datetime import datetime

import msgspec

WRITE_KEY_PREFIX = "kwk_"


class WriteKey(msgspec.Struct, frozen=True):
    """A key that can send events into a workspace and do nothing else."""

    name: str
    created_at: datetime
    revoked_at: datetime | None

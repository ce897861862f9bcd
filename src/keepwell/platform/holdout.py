"""Which accounts are left alone, so that the effect of what is done for the others can be measured.

Each account has one number in [0, 1), which no model and no member chooses. Every room compares the same number with the
share of its kind, so that the accounts that a smaller share holds are among those of a larger one.
"""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from typing import Literal
from uuid import UUID

# What a workspace can hold accounts out from; each has a share of its own.
HoldoutKind = Literal["follow_up", "dunning"]

_BITS = 53


class Holdout:
    """Draws the number of each account from the home's secret, the same in every room, process and release."""

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.sha256(b"holdout " + secret).digest()

    def number(self, *, workspace_id: UUID, account_id: UUID) -> float:
        """The account's number: at least 0 and below 1, uniform, and independent of every other account's."""
        drawn = hmac.digest(self._key, workspace_id.bytes + account_id.bytes, "sha256")
        # As many bits as a double holds exactly.
        return (int.from_bytes(drawn[:8]) >> (64 - _BITS)) / (1 << _BITS)

    def is_held(self, *, workspace_id: UUID, account_id: UUID, share: Decimal) -> bool:
        """Whether the account is held out if `share` of all are; a share of 0 holds nobody."""
        return self.number(workspace_id=workspace_id, account_id=account_id) < share

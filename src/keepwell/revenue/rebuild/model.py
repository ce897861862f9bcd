"""What a rebuild or a check found."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class RebuildResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a rebuild or a check; `differences` names at most a hundred rows."""

    subscriptions: int
    facts: int
    differing: int
    differences: Sequence[str]
    seconds: float

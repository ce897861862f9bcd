"""The SQL of making runs."""

from __future__ import annotations

import msgspec

from keepwell.platform.statements import Query


class Is(msgspec.Struct, frozen=True):
    """Whether it is so."""

    is_so: bool


HAS_ACCOUNTS = Query(
    "select exists (select from accounts where workspace_id = %(workspace_id)s) as is_so",
    Is,
)

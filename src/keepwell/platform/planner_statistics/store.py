"""The SQL that refreshes the planner's statistics."""

from __future__ import annotations

import msgspec

from keepwell.platform.statements import Query


class RefreshRow(msgspec.Struct, frozen=True):
    """Whether the table was counted; another transaction may be doing so."""

    was_refreshed: bool


REFRESH = Query("select refresh_statistics(%(table)s) as was_refreshed", RefreshRow)

"""The SQL of the changes feed; the trigger `number_changes` gives out the versions at COMMIT."""

from __future__ import annotations

import msgspec

from keepwell.platform.feed.model import Change
from keepwell.platform.statements import Command, Query


class Newest(msgspec.Struct, frozen=True):
    """The newest version of a workspace; 0 before the first change."""

    version: int


INSERT_PENDING = Command(
    """
    insert into pending_changes (workspace_id, id, kinds, record_ids)
    values (%(workspace_id)s, %(id)s, %(kinds)s, %(record_ids)s)
    """
)

NEWEST = Query(
    """
    select coalesce(max(version), 0) as version from change_counters where workspace_id = %(workspace_id)s
    """,
    Newest,
)

AFTER = Query(
    """
    select version, kind, record_id from changes
    where workspace_id = %(workspace_id)s and version > %(after)s
    order by version limit %(limit)s
    """,
    Change,
)

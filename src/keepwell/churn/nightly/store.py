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

HAS_OTHER_CHAMPION = Query(
    """
    select exists (
      select from churn_models
      where workspace_id = %(workspace_id)s and standing = 'champion'
        and (standing_since > %(scored_at)s or version <> %(model_version)s::integer)
    ) as is_so
    """,
    Is,
)

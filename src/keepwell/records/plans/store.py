"""All SQL of plans."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.plans.model import PlanItem

_COLUMNS: LiteralString = """
    select id, external_id, name, amount::text as amount, amount_per, currency, archived_at, version
"""

_SOURCE: LiteralString = "from plans where workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _COLUMNS,
    _SOURCE + " and (%(archived)s::boolean is null or (archived_at is not null) = %(archived)s)",
    PlanItem,
    sorts={"name": SortKey("name", "text")},
)

PLAN = Query(f"{_COLUMNS} {_SOURCE} and id = %(plan_id)s", PlanItem)

LOCKED_PLAN = Query(f"{_COLUMNS} {_SOURCE} and id = %(plan_id)s for update", PlanItem)

INSERT = Command(
    """
    insert into plans (workspace_id, id, external_id, name, amount, amount_per, currency)
    values (%(workspace_id)s, %(id)s, %(external_id)s, %(name)s, %(amount)s::text::numeric, %(amount_per)s,
            %(currency)s)
    """
)

UPDATE = Command(
    """
    update plans set name = %(name)s, amount = %(amount)s::text::numeric, amount_per = %(amount_per)s,
                     currency = %(currency)s, archived_at = %(archived_at)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(plan_id)s
    """
)

# Called before a subscription is written, so that the plan it names exists.
ENSURE = Command(
    """
    insert into plans (workspace_id, id, external_id, name)
    values (%(workspace_id)s, %(id)s, %(external_id)s, %(external_id)s)
    on conflict (workspace_id, external_id) do nothing
    """
)

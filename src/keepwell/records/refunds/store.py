"""All SQL of refunds."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.refunds.model import RefundItem

_COLUMNS: LiteralString = """
    select r.id, r.external_id, c.account_id, r.charge_id, r.currency, r.amount::text as amount, r.reason, r.refunded_at
"""

_SOURCE: LiteralString = """
    from refunds r join charges c on (c.workspace_id, c.id) = (r.workspace_id, r.charge_id)
    where r.workspace_id = %(workspace_id)s
"""

PAGES = Keyset(
    _COLUMNS,
    _SOURCE
    + """
      and (%(account_id)s::uuid is null or c.account_id = %(account_id)s)
      and (%(charge_id)s::uuid is null or r.charge_id = %(charge_id)s)
      and (%(start)s::date is null or r.refunded_at >= %(start)s::date)
      and (%(end)s::date is null or r.refunded_at < %(end)s::date + 1)
    """,
    RefundItem,
    sorts={"refunded_at": SortKey("r.refunded_at", "timestamptz", "r.id")},
)

REFUND = Query(f"{_COLUMNS} {_SOURCE} and r.id = %(refund_id)s", RefundItem)

INSERT = Command(
    """
    insert into refunds (workspace_id, id, external_id, charge_id, currency, amount, reason, refunded_at)
    values (%(workspace_id)s, %(id)s, %(external_id)s, %(charge_id)s, %(currency)s, %(amount)s::text::numeric,
            %(reason)s, %(refunded_at)s)
    """
)

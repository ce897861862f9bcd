"""All SQL of charges."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.charges.model import ChargeItem

_COLUMNS: LiteralString = """
    select c.id, c.external_id, c.account_id,
           (select i.id from invoices i
            where i.workspace_id = c.workspace_id and i.external_id = c.invoice_external_id) as invoice_id,
           c.invoice_external_id, c.payment_method_id, c.status, c.currency, c.amount::text as amount,
           (select coalesce(sum(r.amount), 0)::text from refunds r
            where r.workspace_id = c.workspace_id and r.charge_id = c.id) as amount_refunded,
           c.decline_code, c.advice_code, c.charged_at, c.version
"""

_SOURCE: LiteralString = "from charges c where c.workspace_id = %(workspace_id)s"

_FILTERED: LiteralString = """
    from charges c where c.workspace_id = %(workspace_id)s
      and (%(account_id)s::uuid is null or c.account_id = %(account_id)s)
      and (%(invoice_id)s::uuid is null or c.invoice_external_id = (
        select external_id from invoices where workspace_id = %(workspace_id)s and id = %(invoice_id)s))
      and (%(status)s::text is null or c.status = %(status)s)
      and (%(decline_code)s::text is null or c.decline_code = %(decline_code)s)
      and (%(start)s::date is null or c.charged_at >= %(start)s::date)
      and (%(end)s::date is null or c.charged_at < %(end)s::date + 1)
"""

PAGES = Keyset(
    _COLUMNS,
    _FILTERED,
    ChargeItem,
    sorts={"charged_at": SortKey("c.charged_at", "timestamptz", "c.id")},
)

CHARGE = Query(f"{_COLUMNS} {_SOURCE} and c.id = %(charge_id)s", ChargeItem)

LOCKED_CHARGE = Query(f"{_COLUMNS} {_SOURCE} and c.id = %(charge_id)s for update of c", ChargeItem)

INSERT = Command(
    """
    insert into charges (
      workspace_id, id, external_id, account_id, invoice_external_id, payment_method_id, status, currency, amount,
      decline_code, advice_code, charged_at)
    values (
      %(workspace_id)s, %(id)s, %(external_id)s, %(account_id)s, %(invoice_external_id)s, %(payment_method_id)s,
      %(status)s, %(currency)s, %(amount)s::text::numeric, %(decline_code)s, %(advice_code)s, %(charged_at)s)
    """
)

UPDATE = Command(
    """
    update charges set status = %(status)s, decline_code = %(decline_code)s, advice_code = %(advice_code)s,
                       payment_method_id = %(payment_method_id)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(charge_id)s
    """
)

"""All SQL of invoices."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.invoices.model import InvoiceItem

# Many sources list refunds, and say nothing of them at the invoice.
_COLUMNS: LiteralString = """
    select i.id, i.external_id, i.account_id, i.number, i.status, i.currency, i.total::text as total, i.tax::text as tax,
           i.amount_paid::text as amount_paid,
           (select greatest(i.amount_refunded, sum(r.amount))::text
            from charges c join refunds r on r.workspace_id = c.workspace_id and r.charge_id = c.id
            where c.workspace_id = i.workspace_id and c.invoice_external_id = i.external_id) as amount_refunded,
           i.issued_on, i.due_on, i.paid_on, i.source, i.version
"""

_SOURCE: LiteralString = "from invoices i where i.workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _COLUMNS,
    _SOURCE
    + """
      and (%(account_id)s::uuid is null or i.account_id = %(account_id)s)
      and (%(status)s::text is null or i.status = %(status)s)
      and (%(start)s::date is null or i.issued_on >= %(start)s)
      and (%(end)s::date is null or i.issued_on <= %(end)s)
    """,
    InvoiceItem,
    sorts={"issued_on": SortKey("i.issued_on", "date", "i.id")},
)

INVOICE = Query(f"{_COLUMNS} {_SOURCE} and i.id = %(invoice_id)s", InvoiceItem)

LOCKED_INVOICE = Query(f"{_COLUMNS} {_SOURCE} and i.id = %(invoice_id)s for update of i", InvoiceItem)

INSERT = Command(
    """
    insert into invoices (
      workspace_id, id, external_id, account_id, number, status, currency, total, tax, amount_paid,
      amount_refunded, issued_on, due_on, paid_on, source)
    values (
      %(workspace_id)s, %(id)s, %(external_id)s, %(account_id)s, %(number)s, %(status)s, %(currency)s,
      %(total)s::text::numeric, %(tax)s::text::numeric, %(amount_paid)s::text::numeric,
      %(amount_refunded)s::text::numeric, %(issued_on)s, %(due_on)s, %(paid_on)s, %(source)s)
    """
)

UPDATE = Command(
    """
    update invoices set status = %(status)s, amount_paid = %(amount_paid)s::text::numeric,
                        amount_refunded = %(amount_refunded)s::text::numeric, due_on = %(due_on)s,
                        paid_on = %(paid_on)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(invoice_id)s
    """
)

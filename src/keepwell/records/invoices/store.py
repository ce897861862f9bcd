"""All SQL of invoices."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.invoices.model import InvoiceItem

_COLUMNS: LiteralString = """
    select id, external_id, account_id, number, status, currency, total::text as total, tax::text as tax,
           amount_paid::text as amount_paid, amount_refunded::text as amount_refunded,
           issued_on, due_on, paid_on, source, version
"""

_SOURCE: LiteralString = "from invoices where workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _COLUMNS,
    _SOURCE
    + """
      and (%(account_id)s::uuid is null or account_id = %(account_id)s)
      and (%(status)s::text is null or status = %(status)s)
      and (%(start)s::date is null or issued_on >= %(start)s)
      and (%(end)s::date is null or issued_on <= %(end)s)
    """,
    InvoiceItem,
    sorts={"issued_on": SortKey("issued_on", "date")},
)

INVOICE = Query(f"{_COLUMNS} {_SOURCE} and id = %(invoice_id)s", InvoiceItem)

LOCKED_INVOICE = Query(f"{_COLUMNS} {_SOURCE} and id = %(invoice_id)s for update", InvoiceItem)

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

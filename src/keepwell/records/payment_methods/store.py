"""All SQL of payment methods."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.payment_methods.model import PaymentMethodItem

_COLUMNS: LiteralString = """
    select id, external_id, account_id, brand, last4, exp_month::int as exp_month, exp_year::int as exp_year,
           gateway, gateway_reference, is_default, created_at, version
"""

_SOURCE: LiteralString = "from payment_methods where workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _COLUMNS,
    _SOURCE
    + """
      and (%(account_id)s::uuid is null or account_id = %(account_id)s)
      and (%(is_default)s::boolean is null or is_default = %(is_default)s)
    """,
    PaymentMethodItem,
    sorts={"id": SortKey("id", "uuid")},
)

PAYMENT_METHOD = Query(f"{_COLUMNS} {_SOURCE} and id = %(payment_method_id)s", PaymentMethodItem)

LOCKED_PAYMENT_METHOD = Query(
    f"{_COLUMNS} {_SOURCE} and id = %(payment_method_id)s for update", PaymentMethodItem
)

# Two changes of one account's default wait for each other.
LOCK_ACCOUNT = Command(
    "select from accounts where workspace_id = %(workspace_id)s and id = %(account_id)s for no key update"
)

LOCKED_DEFAULTS = Query(
    f"{_COLUMNS} {_SOURCE} and account_id = %(account_id)s and is_default order by id for update",
    PaymentMethodItem,
)

INSERT = Command(
    """
    insert into payment_methods (
      workspace_id, id, external_id, account_id, brand, last4, exp_month, exp_year, gateway, gateway_reference,
      is_default, created_at)
    values (
      %(workspace_id)s, %(id)s, %(external_id)s, %(account_id)s, %(brand)s, %(last4)s, %(exp_month)s, %(exp_year)s,
      %(gateway)s, %(gateway_reference)s, %(is_default)s, %(created_at)s)
    """
)

UPDATE = Command(
    """
    update payment_methods
    set brand = %(brand)s, last4 = %(last4)s, exp_month = %(exp_month)s, exp_year = %(exp_year)s,
        gateway = %(gateway)s, gateway_reference = %(gateway_reference)s, is_default = %(is_default)s,
        version = version + 1
    where workspace_id = %(workspace_id)s and id = %(payment_method_id)s
    """
)

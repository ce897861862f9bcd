"""All SQL of subscriptions."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.subscriptions.model import AccountSubscription, SubscriptionItem

_STATUS: LiteralString = """
    case when starts_on > %(on)s then 'upcoming' when ends_on <= %(on)s then 'ended'
         when is_trial then 'trial' else 'active' end
"""

_COLUMNS: LiteralString = f"""
    select id, external_id, account_id, {_STATUS} as status, plan, seats, amount::text as amount,
           list_amount::text as list_amount, amount_per,
           billing_interval as interval, currency, round(annual_amount / 12, 2)::text as mrr,
           starts_on, ends_on, is_trial, cancelled_on, end_reason, version
"""

_SOURCE: LiteralString = "from subscriptions where workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _COLUMNS,
    f"""{_SOURCE}
      and (%(account_id)s::uuid is null or account_id = %(account_id)s)
      and (%(status)s::text is null or {_STATUS} = %(status)s)
      and (%(plan)s::text is null or plan = %(plan)s)
    """,
    SubscriptionItem,
    sorts={"starts_on": SortKey("starts_on", "date")},
)

SUBSCRIPTION = Query(f"{_COLUMNS} {_SOURCE} and id = %(subscription_id)s", SubscriptionItem)

LOCKED_SUBSCRIPTION = Query(f"{_COLUMNS} {_SOURCE} and id = %(subscription_id)s for update", SubscriptionItem)

INSERT = Command(
    """
    insert into subscriptions (
      workspace_id, id, external_id, account_id, plan, seats, amount, list_amount, amount_per, billing_interval, currency,
      starts_on, ends_on, is_trial, cancelled_on, end_reason)
    values (
      %(workspace_id)s, %(id)s, %(external_id)s, %(account_id)s, %(plan)s, %(seats)s, %(amount)s::text::numeric,
      %(list_amount)s::text::numeric, %(amount_per)s, %(interval)s, %(currency)s, %(starts_on)s, %(ends_on)s, %(is_trial)s, %(cancelled_on)s,
      %(end_reason)s)
    """
)

UPDATE = Command(
    """
    update subscriptions set ends_on = %(ends_on)s, cancelled_on = %(cancelled_on)s, end_reason = %(end_reason)s,
                             version = version + 1
    where workspace_id = %(workspace_id)s and id = %(subscription_id)s
    """
)

DELETE = Command(
    "delete from subscriptions where workspace_id = %(workspace_id)s and id = %(subscription_id)s"
)

SUBSCRIPTIONS_OF_ACCOUNT = Query(
    """
    select id, external_id, plan, seats, round(annual_amount / 12, 2)::text as mrr, currency,
           billing_interval as interval, starts_on, ends_on, is_trial, cancelled_on, end_reason
    from subscriptions
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    order by starts_on desc, id desc
    """,
    AccountSubscription,
)

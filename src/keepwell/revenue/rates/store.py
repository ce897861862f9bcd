"""The SQL of exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.platform.statements import Command, Query
from keepwell.revenue.rates.model import ExchangeRate


class RateRow(msgspec.Struct, frozen=True):
    """A rate and the day from which it is in force."""

    currency: str
    on: date
    rate: Decimal


class RatedAccount(msgspec.Struct, frozen=True):
    """An account with a subscription in another currency than the workspace's."""

    account_id: UUID


RATES = Query(
    """
    select currency, "on", rate from exchange_rates where workspace_id = %(workspace_id)s
    order by currency, "on"
    """,
    RateRow,
)

PAGE = Query(
    """
    select currency, "on", rate::text as rate from exchange_rates
    where workspace_id = %(workspace_id)s
      and (%(currency)s::text is null or currency = %(currency)s)
      and (%(start)s::date is null or "on" >= %(start)s)
      and (%(end)s::date is null or "on" <= %(end)s)
      and (%(after)s::text is null or currency > %(after)s or (currency = %(after)s and "on" < %(after_on)s::date))
    order by currency, "on" desc limit %(limit)s
    """,
    ExchangeRate,
)

ACCOUNTS_IN = Query(
    """
    select distinct account_id from subscriptions
    where workspace_id = %(workspace_id)s and currency = any(%(currencies)s)
    """,
    RatedAccount,
)

SET_RATE = Command(
    """
    insert into exchange_rates (workspace_id, currency, "on", rate)
    values (%(workspace_id)s, %(currency)s, %(on)s, %(rate)s)
    on conflict (workspace_id, currency, "on") do update set rate = excluded.rate
    """
)

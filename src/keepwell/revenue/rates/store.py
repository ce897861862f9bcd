"""The SQL of exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from keepwell.platform.database import Command, Query


class RateRow(msgspec.Struct, frozen=True):
    """A rate and the day from which it is in force."""

    currency: str
    on: date
    rate: Decimal


RATES = Query(
    """
    select currency, "on", rate from exchange_rates where workspace_id = %(workspace_id)s
    order by currency, "on"
    """,
    RateRow,
)

SET_RATE = Command(
    """
    insert into exchange_rates (workspace_id, currency, "on", rate)
    values (%(workspace_id)s, %(currency)s, %(on)s, %(rate)s)
    on conflict (workspace_id, currency, "on") do update set rate = excluded.rate
    """
)

"""Random histories of a business: accounts and their subscriptions, and exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

from keepwell.platform.database import Connection
from keepwell.revenue.rates.model import DatedRate

YEAR = date(2026, 1, 1)
RATES = [
    DatedRate("EUR", date(2025, 12, 1), Decimal("1.1")),
    DatedRate("EUR", date(2026, 2, 1), Decimal("1.25")),
    DatedRate("EUR", date(2026, 3, 1), Decimal("0.9")),
]

days = st.integers(0, 120).map(lambda number: YEAR + timedelta(days=number))
amounts = st.sampled_from(["0", "10", "29.99", "100", "33.333333"])


@st.composite
def subscriptions(draw: st.DrawFn) -> dict[str, Any]:
    amount, starts_on = draw(amounts), draw(days)
    length = draw(st.none() | st.integers(0, 60))
    return {
        "account": draw(st.integers(0, 2)),
        "amount": amount,
        "list_amount": draw(st.none() | st.just(str(Decimal(amount) * 2))),
        "amount_per": draw(st.sampled_from(["day", "week", "month", "quarter", "year"])),
        "currency": draw(st.sampled_from(["USD", "USD", "EUR"])),
        "starts_on": starts_on,
        "ends_on": None if length is None else starts_on + timedelta(days=length),
        "is_trial": draw(st.sampled_from([False, False, False, True])),
        "end_reason": None if length is None else draw(st.sampled_from([None, "voluntary", "involuntary"])),
    }


async def fill(connection: Connection, workspace_id: UUID, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    ids = [uuid4() for _ in range(3)]
    for number, account_id in enumerate(ids):
        await connection.execute(
            "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, %s, %s)",
            (workspace_id, account_id, f"A-{number}", f"Account {number}"),
        )
    for number, row in enumerate(rows):
        await connection.execute(
            """
            insert into subscriptions (
              workspace_id, id, external_id, account_id, plan, seats, amount, list_amount, amount_per,
              billing_interval, currency, starts_on, ends_on, is_trial, end_reason)
            values (%(workspace_id)s, %(id)s, %(external_id)s, %(account_id)s, 'Pro', 1, %(amount)s,
                    %(list_amount)s, %(amount_per)s, 'month', %(currency)s, %(starts_on)s, %(ends_on)s,
                    %(is_trial)s, %(end_reason)s)
            """,
            {
                **row,
                "workspace_id": workspace_id,
                "id": uuid4(),
                "external_id": f"S-{number}",
                "account_id": ids[row["account"]],
            },
        )
    return ids

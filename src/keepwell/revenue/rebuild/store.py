"""The SQL that reads the stored facts, and the subscriptions that they must follow from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.platform.statements import Query
from keepwell.revenue.views import Kind


class StoredFact(msgspec.Struct, frozen=True):
    """A stored fact, as the check compares it."""

    policies: list[str]
    account_id: UUID
    on: date
    kind: Kind
    annual_amount: Decimal
    paying_accounts: int
    end_reason: str | None
    cohort: date


class RowCount(msgspec.Struct, frozen=True):
    """A number of rows."""

    rows: int


class PricedSpanRow(msgspec.Struct, frozen=True):
    """A paid subscription with what the figures need."""

    account_id: UUID
    annual_amount: Decimal
    annual_list_amount: Decimal
    currency: str
    starts_on: date
    ends_on: date | None


STORED = Query(
    """
    select policies, account_id, "on", kind, annual_amount, paying_accounts::int, end_reason, cohort
    from movement_facts
    where workspace_id = %(workspace_id)s
    """,
    StoredFact,
)

SPANS = Query(
    """
    select account_id, annual_amount, annual_list_amount, currency, starts_on, ends_on
    from subscriptions where workspace_id = %(workspace_id)s and not is_trial
    """,
    PricedSpanRow,
)

COUNT_SUBSCRIPTIONS = Query(
    "select count(*)::int as rows from subscriptions where workspace_id = %(workspace_id)s", RowCount
)

COUNT_FACTS = Query(
    "select count(*)::int as rows from movement_facts where workspace_id = %(workspace_id)s", RowCount
)

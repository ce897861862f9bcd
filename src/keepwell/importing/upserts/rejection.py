"""Rows that cannot be imported, and why."""

from __future__ import annotations

from keepwell.importing.upserts.rows import SubscriptionRow
from keepwell.platform.errors import DataValidationError
from keepwell.revenue.model import Rates


class RejectedRow(DataValidationError):
    """A row that cannot be imported: the field, and the reason as a stable code and as a sentence.

    `unrated_currency` is the currency for whose exchange rate the row waits, if that is the reason.
    """

    def __init__(self, field: str, code: str, reason: str, *, unrated_currency: str | None = None) -> None:
        super().__init__(f"{field}: {reason}")
        self.unrated_currency = unrated_currency
        self.field = field
        self.reason_code = code
        self.reason = reason


def require_rate(row: SubscriptionRow, rates: Rates) -> None:
    """Raise RejectedRow if there is no exchange rate for the row's currency when it starts."""
    if not rates.rate(row.currency, row.starts_on):
        reason = (
            f"there is no exchange rate for {row.currency} on {row.starts_on}; "
            "add one with `./keepwell metrics rates import`, then import this row again."
        )
        raise RejectedRow("currency", "no-exchange-rate", reason, unrated_currency=row.currency)

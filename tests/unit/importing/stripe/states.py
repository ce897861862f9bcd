"""Subscriptions in the states that Stripe shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.stripe.subscriptions.rows import ReadingContext, ReconciledRows, reconcile
from keepwell.importing.upserts.rows import SubscriptionRow

AFTERWARDS = "2026-03-05"


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def at(day: str, *, read_on: date | None = None) -> ReadingContext:
    return ReadingContext(on=date.fromisoformat(day), read_on=read_on)


def price(amount: int | None = 1000, *, name: str = "price_a", **fields: Any) -> dict[str, Any]:
    recurring = {"interval": "month", "interval_count": 1, **fields.pop("recurring", {})}
    return {"id": name, "currency": "usd", "unit_amount": amount, "recurring": recurring, **fields}


def item(*, name: str = "si_1", quantity: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": name, "quantity": quantity, "price": price(), **fields}


def state(*items: Mapping[str, Any], **fields: Any) -> Subscription:
    shown = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "currency": "usd",
        "items": {"data": items or [item()]},
        "start_date": seconds("2026-01-10"),
        **fields,
    }
    return read(shown, Subscription)


def coupon(duration: str, *, end: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "discount": {
            "coupon": {"duration": duration, **fields},
            "end": seconds(end) if end else None,
        }
    }


class History:
    """The stored rows of a subscription after several states."""

    def __init__(self) -> None:
        self.rows: dict[str, SubscriptionRow] = {}
        self.last: ReconciledRows | None = None
        self.read_on: date | None = None

    def seen(self, shown: Subscription, *, on: str) -> History:
        self.last = reconcile(shown, list(self.rows.values()), reading=at(on, read_on=self.read_on))
        self.read_on = date.fromisoformat(on)
        self.rows |= {row.external_id: row for row in self.last.rows}
        return self

    def codes(self) -> list[str]:
        """The codes of the unreadable items in the last state."""
        assert self.last is not None
        return [each.why.reason_code for each in self.last.rejections]

    def metered(self) -> int:
        assert self.last is not None
        return self.last.metered

    def spans(self) -> list[tuple[str, str, str | None, Decimal]]:
        """The non-empty spans: id, first day, first day without, amount."""
        return [
            (
                row.external_id,
                row.starts_on.isoformat(),
                row.ends_on.isoformat() if row.ends_on else None,
                row.amount,
            )
            for row in sorted(self.rows.values(), key=lambda row: (row.starts_on, row.external_id))
            if row.starts_on != row.ends_on
        ]

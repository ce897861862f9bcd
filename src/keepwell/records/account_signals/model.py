"""Signals: what was observed about an account outside its records, and when that became known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from keepwell.platform.errors import DataValidationError

# Such as `website.status`: a room's prefix, then what it observes.
SignalKind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=100)]


class NewSignal(msgspec.Struct, frozen=True, kw_only=True):
    """One observation: `value` was so at `observed_at`. Any JSON value is possible; the kind says what it means."""

    account_id: UUID
    kind: SignalKind
    value: Any
    observed_at: datetime


class AccountSignal(msgspec.Struct, frozen=True):
    """An observation as it was stored; `known_at` is when it became known here, which may be much later."""

    id: UUID
    account_id: UUID
    kind: str
    value: Any
    observed_at: datetime
    known_at: datetime


class AccountSignals(msgspec.Struct, frozen=True):
    """The newest signal of each kind, and of each website that a value names, as known at a time."""

    items: Sequence[AccountSignal]


def named_website(value: Any) -> str | None:
    """The website that the value of a signal says it is about; None if it is about the account, or its own website."""
    website = value.get("website") if isinstance(value, dict) else None
    return website if isinstance(website, str) else None


def require_past(signal: NewSignal, *, now: datetime) -> None:
    """Raise DataValidationError if the observation is not over: nothing is known before it happens."""
    if signal.observed_at > now:
        raise DataValidationError(
            f"observed_at: {signal.observed_at:%Y-%m-%d %H:%M} is in the future.",
            hint="Check the clock of what observed it.",
        )

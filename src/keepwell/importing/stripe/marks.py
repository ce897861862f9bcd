"""Marks on accounts: a subscription that could not be read makes its account's revenue uncertain, until it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import SubscriptionRow, UnreadableRow
from keepwell.importing.stripe.model import Reference, Subscription, day_of, id_of


class Reading(msgspec.Struct, kw_only=True):
    """One look at a subscription: what was found and on which day, and what was known of it before.

    `subscription` is what was found, None if it has another shape than ours; `mark` is the one that it has so far.
    """

    found: Mapping[str, Any]
    today: date
    known: Sequence[SubscriptionRow]
    mark: UnreadableRow | None
    subscription: Subscription | None = None


def mark_after(reading: Reading, refused: Sequence[RejectedRow]) -> UnreadableRow | None:
    """The mark to write; None if there is none to write, and if nothing says whose subscription it is."""
    if not refused:
        return msgspec.structs.replace(reading.mark, until=reading.today) if reading.mark else None
    account = reading.known[0].account if reading.known else _customer(reading.found)
    if account is None:
        return None
    ended_at = reading.subscription.ended_at if reading.subscription else None
    return UnreadableRow(
        external_id=str(reading.found["id"]),
        account=account,
        since=_since(reading),
        until=day_of(ended_at) if ended_at is not None else None,
        field=refused[0].field,
        code=refused[0].reason_code,
        reason=refused[0].reason,
    )


def _since(reading: Reading) -> date:
    if reading.mark is not None:
        return reading.mark.since
    if reading.known or reading.subscription is None:
        return reading.today
    return day_of(reading.subscription.start_date)


def _customer(found: Mapping[str, Any]) -> str | None:
    try:
        reference: Reference = msgspec.convert(found.get("customer"), Reference)
    except msgspec.ValidationError:
        return None
    return id_of(reference)

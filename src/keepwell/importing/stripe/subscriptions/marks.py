"""Marks on accounts: an unreadable subscription makes its account's revenue uncertain until it can be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from keepwell.importing.stripe.model import Reference, StripeObject, day_of, id_of
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import SubscriptionRow, UnreadableRow


class SubscriptionState(msgspec.Struct, kw_only=True):
    """A subscription as Stripe sent it on the day `today`, with its stored rows and its present mark.

    `subscription` is the parsed `stripe_object`, or None if that has an unexpected shape.
    """

    stripe_object: StripeObject
    today: date
    known: Sequence[SubscriptionRow]
    mark: UnreadableRow | None
    subscription: Subscription | None = None


def mark_after(state: SubscriptionState, rejected: Sequence[RejectedRow]) -> UnreadableRow | None:
    """The mark to write, or None; also None if the customer is unknown. Without `rejected`, a mark ends today."""
    if not rejected:
        return msgspec.structs.replace(state.mark, until=state.today) if state.mark else None
    account = state.known[0].account if state.known else _customer(state.stripe_object)
    if account is None:
        return None
    ended_at = state.subscription.ended_at if state.subscription else None
    return UnreadableRow(
        external_id=str(state.stripe_object["id"]),
        account=account,
        since=_since(state),
        until=day_of(ended_at) if ended_at is not None else None,
        field=rejected[0].field,
        code=rejected[0].reason_code,
        reason=rejected[0].reason,
        unrated_currency=rejected[0].unrated_currency,
    )


def _since(state: SubscriptionState) -> date:
    if state.mark is not None:
        return state.mark.since
    if state.known or state.subscription is None:
        return state.today
    return day_of(state.subscription.start_date)


def _customer(stripe_object: StripeObject) -> str | None:
    try:
        reference: Reference = msgspec.convert(stripe_object.get("customer"), Reference)
    except msgspec.ValidationError:
        return None
    return id_of(reference)

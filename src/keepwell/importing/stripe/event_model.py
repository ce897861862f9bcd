"""Stripe's events: which object an event changed, and when the object had that state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from keepwell.importing.stripe.model import KINDS, Kind, Seconds, StripeObject, Text, utc_time

# The version that we request; see `keepwell.importing.stripe.client`. In later versions objects of these kinds lack
# what our rows need: the discount, the tax, the invoice of a charge.
READ_VERSION = "2025-02-24"
_VERSIONED_KINDS = frozenset(("subscription", "invoice", "charge"))
# An object's stage in its life by status; 1 for any other status.
_STAGES: Mapping[str, int] = {
    **dict.fromkeys(("draft", "incomplete", "pending"), 0),
    **dict.fromkeys(("succeeded", "failed", "uncollectible"), 2),
    **dict.fromkeys(("paid", "void", "canceled", "incomplete_expired"), 3),
}
_CATALOGUE = frozenset(("product", "price", "plan"))


class EventData(msgspec.Struct, frozen=True):
    """The event's object at that time."""

    object: StripeObject


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A Stripe event; `id` stays the same however often it is sent."""

    id: Text
    type: Text
    created: Seconds
    data: EventData
    api_version: Text | None = None

    @property
    def object_id(self) -> str:
        """The id of the event's object; empty if it has none."""
        return str(self.data.object.get("id") or "")

    @property
    def kind(self) -> Kind | None:
        """The kind of the object; None for kinds that are not read from events, and for a deleted customer."""
        name = self.data.object.get("object")
        if self.type == "customer.deleted" or self.is_of_catalogue or not self.object_id:
            return None
        return next((kind for kind in KINDS if kind == name), None)

    @property
    def is_of_catalogue(self) -> bool:
        """Whether the object is a product or a price; a plan's name needs both, so no single event gives it."""
        return self.data.object.get("object") in _CATALOGUE

    @property
    def is_of_later_version(self) -> bool:
        """Whether the object is in a later API version, which lacks fields that we read."""
        return self.kind in _VERSIONED_KINDS and (self.api_version or "")[: len(READ_VERSION)] > READ_VERSION

    @property
    def as_of(self) -> datetime:
        """When the object had this state. Of two events in one second, the later stage in its life counts as later."""
        stage = _STAGES.get(str(self.state.get("status")), 1)
        return utc_time(self.created) + timedelta(microseconds=stage)

    def with_object(self, current: StripeObject) -> Event:
        """The same event with the `current` object, in the version that we read."""
        return msgspec.structs.replace(self, data=EventData(current), api_version=READ_VERSION)

    @property
    def state(self) -> StripeObject:
        """The object at the time of the event; a deleted draft invoice is void."""
        return {**self.data.object, "status": "void"} if self.type == "invoice.deleted" else self.data.object

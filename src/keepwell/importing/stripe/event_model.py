"""Stripe's events: which object an event changed, and when the object had that state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from keepwell.importing.stripe.model import KINDS, Kind, Seconds, StripeObject, Text, utc_time

# The version that we request; see `keepwell.importing.stripe.http.client`. In later versions objects of these kinds lack
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


def field_of(state: StripeObject, name: str) -> Any:
    """A field of an object; the plan and quantity of a subscription may be those of its first item only."""
    if name in state or name not in {"plan", "quantity"}:
        return state.get(name)
    first = next(iter(_items(state)), {})
    return first.get("quantity") if name == "quantity" else first.get("plan") or first.get("price")


def _items(state: StripeObject) -> Sequence[StripeObject]:
    """The items of a subscription, as far as it has the expected shape."""
    items = state.get("items")
    listed = items.get("data") if isinstance(items, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _ids_in(references: object) -> Sequence[str]:
    return [each for each in references if isinstance(each, str)] if isinstance(references, list) else []


def has_values(shown: Any, value: Any) -> bool:
    """Whether `shown` has all of `value`; plans and prices are the same by id."""
    if isinstance(value, dict) and isinstance(shown, dict):
        names = {"id"} if value.get("object") in _CATALOGUE and "id" in value else value.keys()
        return all(has_values(shown.get(name), value[name]) for name in names)
    if isinstance(value, list) and isinstance(shown, list):
        return len(value) == len(shown) and all(map(has_values, shown, value))
    return bool(shown == value)


def moment(state: StripeObject, second: datetime) -> datetime:
    """When the object had this state. Within a second, the later stage in its life counts as later."""
    return second + timedelta(microseconds=_STAGES.get(str(state.get("status")), 1))


class EventData(msgspec.Struct, frozen=True):
    """The event's object at that time, and what the changed fields contained before."""

    object: StripeObject
    previous_attributes: StripeObject | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A Stripe event; `id` stays the same however often it is sent. `is_fetched` if its object is a present one."""

    id: Text
    type: Text
    created: Seconds
    data: EventData
    api_version: Text | None = None
    is_fetched: bool = False

    @property
    def object_id(self) -> str:
        """The id of the event's object, of the customer for a discount; empty if it has none."""
        field = "customer" if self.is_of_customers_discount else "id"
        return str(self.data.object.get(field) or "")

    @property
    def kind(self) -> Kind | None:
        """The kind of the object; None for kinds that are not read from events, and for a deleted customer."""
        name = self.data.object.get("object")
        if self.type == "customer.deleted" or self.is_of_catalogue or not self.object_id:
            return None
        if self.is_of_customers_discount:
            return "customer"
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
    def needs_current_object(self) -> bool:
        """Whether the event lacks what we read: of a discount the customer, of a subscription all discounts but one."""
        return self.is_of_later_version or self.is_of_customers_discount or self._lacks_discounts

    @property
    def is_of_customers_discount(self) -> bool:
        """Whether the object is the discount of a customer, not of a subscription."""
        shown = self.data.object
        return shown.get("object") == "discount" and not shown.get("subscription")

    @property
    def _lacks_discounts(self) -> bool:
        shown = self.data.object
        if self.kind != "subscription":
            return False
        ids = _ids_in(shown.get("discounts"))
        is_partial = len(ids) > (1 if shown.get("discount") else 0)
        return is_partial or any(_ids_in(item.get("discounts")) for item in _items(shown))

    @property
    def as_of(self) -> datetime:
        """The second in which the object had this state."""
        return utc_time(self.created)

    def with_object(self, current: StripeObject) -> Event:
        """The same event with the `current` object, in the version that we read."""
        return msgspec.structs.replace(
            self, data=EventData(current), api_version=READ_VERSION, is_fetched=True
        )

    @property
    def state(self) -> StripeObject:
        """The object at the time of the event; a deleted draft invoice is void."""
        return {**self.data.object, "status": "void"} if self.type == "invoice.deleted" else self.data.object

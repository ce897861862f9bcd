"""Which of several states of an object, all of one second, is the newest.

Stripe's times are whole seconds, and it does not guarantee an order. An update says what it changed: the state that has
those values is the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise, permutations
from typing import Literal

import msgspec

from keepwell.importing.stripe import store
from keepwell.importing.stripe.event_model import Event, field_of, has_values
from keepwell.importing.stripe.json_text import storable_text
from keepwell.importing.stripe.model import StripeObject

# More updates within a second would make the search slow, and do not occur.
_MOST_STATES = 6


class SeenState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state of an object, from the event that created or changed it, or read from Stripe's lists.

    `before` has the previous values of the fields that the event changed.
    """

    state: StripeObject
    origin: Literal["created", "changed", "read"] = "read"
    before: StripeObject | None = None

    def may_follow(self, earlier: SeenState) -> bool:
        """Whether what is known about both fits this state being the next one after `earlier`."""
        match self.origin:
            case "created":
                return False
            case "changed":
                return bool(self.before) and _has(earlier.state, self.before or {})
            case "read":
                return _has(self.state, earlier.result)

    @property
    def result(self) -> StripeObject:
        """The fields that the event changed, as they are since then; the whole state if it does not say which."""
        return {name: field_of(self.state, name) for name in self.before or self.state}


class SeenStates(msgspec.Struct, frozen=True):
    """The states of an object in the second `as_of`, the newest last; `is_news` if that is not the stored one."""

    as_of: datetime
    states: Sequence[SeenState]
    is_news: bool

    @classmethod
    def after(cls, arrived: SeenState, as_of: datetime, *, known: store.KnownObject | None) -> SeenStates:
        """With the states of the same second that were seen before."""
        if known is None or known.as_of != as_of or known.states is None:
            # Nothing precedes what an object was created with, so whatever is known of it is newer.
            is_first = known is not None and known.as_of == as_of and arrived.origin == "created"
            return cls(as_of, [arrived], is_news=not is_first)
        states = [*msgspec.convert(known.states, list[SeenState]), arrived][-_MOST_STATES:]
        index = newest(states)
        is_stored = index == len(states) - 2
        return cls(as_of, [*states[:index], *states[index + 1 :], states[index]], is_news=not is_stored)

    def storable(self) -> str:
        """The states as JSON."""
        return storable_text(msgspec.to_builtins(self.states))


def seen_in(event: Event) -> SeenState:
    """The state of the event's object; if that was fetched, it was read."""
    if event.is_fetched:
        return SeenState(event.state)
    is_first = event.type.endswith(".created")
    before = event.data.previous_attributes
    return SeenState(event.state, "created" if is_first else "changed", before)


def newest(states: Sequence[SeenState]) -> int:
    """The index of the newest state; of orders that fit equally well the one that ends with a reading, or the last to arrive.

    A state without its neighbour, whose event has not arrived yet, is a gap: the order with the fewest counts.
    """
    numbers = range(len(states))
    fits = [[states[number].may_follow(states[other]) for other in numbers] for number in numbers]

    def misfits(order: Sequence[int]) -> tuple[int, bool, int]:
        gaps = sum(not fits[number][other] for other, number in pairwise(order))
        gaps += sum(states[number].origin == "created" for number in order[1:])
        return gaps, states[order[-1]].origin != "read", -order[-1]

    return min(permutations(numbers), key=misfits)[-1]


def _has(state: StripeObject, values: StripeObject) -> bool:
    return all(has_values(field_of(state, name), value) for name, value in values.items())

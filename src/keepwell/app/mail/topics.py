"""The lists of mails that somebody can leave by a link, and what leaving one means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import msgspec

from keepwell.app.mail.contacts import leave
from keepwell.platform.database import Connection
from keepwell.platform.mail.links import NotALink, Subscription
from keepwell.platform.runtime import Runtime

# Writes what else follows from leaving, in the same transaction.
Leave: TypeAlias = Callable[[Connection, Subscription, Runtime], Awaitable[None]]

DIGEST = "digest"
# What is found out about the model: a break, or drift.
ALERTS = "alerts"
# Mails to contacts of the business's customers.
CUSTOMERS = "customers"


class Topic(msgspec.Struct, frozen=True):
    """A list, as the page that asks calls it, and what follows from leaving it besides getting no more of it."""

    name: str
    leave: Leave | None = None


TOPICS: Mapping[str, Topic] = {
    DIGEST: Topic("the weekly digest"),
    ALERTS: Topic("what is found out about the model"),
    CUSTOMERS: Topic("these messages", leave),
}


def topic_of(subscription: Subscription) -> Topic:
    """The list that a link leaves; raises NotALink for one that this release does not know."""
    found = TOPICS.get(subscription.topic)
    if found is None:
        raise NotALink(hint="Open the whole link of the mail.")
    return found

"""The lists of mails that somebody can leave by a link, and what leaving one means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import msgspec

from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection
from keepwell.platform.mail.links import NotALink, Subscription

# Writes what else follows from leaving, in the same transaction.
Leave: TypeAlias = Callable[[Connection, Subscription, Clock], Awaitable[None]]

DIGEST = "digest"


class Topic(msgspec.Struct, frozen=True):
    """A list, as the page that asks calls it, and what follows from leaving it besides getting no more of it."""

    name: str
    leave: Leave | None = None


TOPICS: Mapping[str, Topic] = {DIGEST: Topic("the weekly digest")}


def topic_of(subscription: Subscription) -> Topic:
    """The list that a link leaves; raises NotALink for one that this release does not know."""
    found = TOPICS.get(subscription.topic)
    if found is None:
        raise NotALink(hint="Open the whole link of the mail.")
    return found

"""What Stripe's events tell: each is taken in once, as the object that it is about then was.

An event is written in the version of Stripe's API that its account or endpoint is set to, whatever version is asked
for. Where that is later than the one that is read here, the object is asked for instead, as it is now: as of the
last event that is about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.client import NoSuchObject, StripeApi
from keepwell.importing.stripe.ingest import StripeIngester
from keepwell.importing.stripe.model import Event, moment
from keepwell.platform.database import Connection


async def events_since(
    api: StripeApi, oldest: datetime, *, taker: StripeIngester
) -> tuple[list[Event], datetime]:
    """The events since then, oldest first, and when the first page of them was given; others are dead-lettered."""
    found: list[Event] = []
    as_of, after = oldest, None
    while True:
        page = await api.page("/v1/events", after=after, created={"gte": int(oldest.timestamp())})
        as_of = page.as_of if after is None else as_of
        for item in page.items:
            try:
                found.append(conversion.read(item, Event))
            except RejectedRow as why:
                taker.reject_event(item, why)
        if page.next is None:
            # Stripe lists the newest first; of one second, in the order in which they happened.
            found.reverse()
            return sorted(found, key=lambda event: event.created), as_of
        after = page.next


def last_of_each(events: Sequence[Event]) -> Mapping[str, str]:
    """The id of the last event about each object; `events` are in their order."""
    return {event.object_id: event.id for event in events}


async def readable(
    api: StripeApi, events: Sequence[Event], *, last: Mapping[str, str], taker: StripeIngester
) -> list[Event]:
    """`events` with the objects in the version that is read here; in another, only the `last` of each object."""
    found = []
    for event in events:
        if not event.is_of_later_version:
            found.append(event)
        elif last[event.object_id] == event.id:
            found.append(event.telling(await _as_it_is_now(api, event)))
            taker.read_as_now += 1
    return found


async def _as_it_is_now(api: StripeApi, event: Event) -> Mapping[str, Any]:
    """The object of the event; as it was then where it is gone."""
    try:
        return await api.object(f"/v1/{event.kind}s/{quote(event.object_id, safe='')}")
    except NoSuchObject:
        return event.data.object


async def note_events(
    connection: Connection, events: Sequence[Event], *, workspace_id: UUID, now: datetime
) -> set[str]:
    """The ids of those that were not taken in before, which are noted."""
    by_id = {event.id: event for event in events}
    new = await store.NEW_EVENTS.all(
        connection,
        workspace_id=workspace_id,
        id=list(by_id),
        type=[event.type for event in by_id.values()],
        created_at=[moment(event.created) for event in by_id.values()],
        now=now,
    )
    return {row.id for row in new}


async def take_event(connection: Connection, taker: StripeIngester, event: Event) -> None:
    """Take in the object that the event is about, as it was then, where Keepwell reads such."""
    if event.kind is not None:
        await taker.take(connection, event.kind, [event.state], as_of=event.as_of)

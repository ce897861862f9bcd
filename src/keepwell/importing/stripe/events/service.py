"""Ingests Stripe's events, each once, with the state of its object at that time.

Stripe writes an event in the API version of the account or endpoint, whatever version we request. If that is later
than the version that we read, we fetch the current object instead, and use it for the last event about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.http.client import NoSuchObject, StripeApi
from keepwell.importing.stripe.http.endpoints import object_parameters, object_path
from keepwell.importing.stripe.ingest.ingester import StripeIngester
from keepwell.importing.stripe.model import StripeObject, utc_time
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.platform.database import Connection


async def events_since(
    api: StripeApi, oldest: datetime, *, ingester: StripeIngester
) -> tuple[list[Event], datetime]:
    """The events since `oldest`, oldest first, and the time of the first page; unreadable ones are dead-lettered."""
    events: list[Event] = []
    as_of, after = oldest, None
    while True:
        page = await api.page("/v1/events", after=after, created={"gte": int(oldest.timestamp())})
        as_of = page.as_of if after is None else as_of
        for item in page.items:
            try:
                events.append(conversion.read(item, Event))
            except RejectedRow as why:
                ingester.reject_event(item, why)
        if page.next is None:
            # Stripe lists the newest first; the sort is stable, so events of one second stay in order.
            events.reverse()
            return sorted(events, key=lambda event: event.created), as_of
        after = page.next


def last_of_each(events: Sequence[Event]) -> Mapping[str, str]:
    """The id of the last event about each object; `events` are ordered by time."""
    return {event.object_id: event.id for event in events}


async def with_readable_objects(
    api: StripeApi, events: Sequence[Event], *, last: Mapping[str, str], ingester: StripeIngester
) -> list[Event]:
    """`events` with objects that have all that we read; of those that lack it only the `last` event per object."""
    readable = []
    for event in events:
        if not event.needs_current_object:
            readable.append(event)
        elif last[event.object_id] == event.id:
            readable.append(event.with_object(await _current_object(api, event)))
            ingester.assumptions.read_as_now += 1
    return readable


async def _current_object(api: StripeApi, event: Event) -> StripeObject:
    """The current object of the event; its state in the event if it was deleted."""
    try:
        return await current_object(api, event.kind or "", event.object_id)
    except NoSuchObject:
        return event.data.object


async def current_object(api: StripeApi, kind: str, object_id: str) -> StripeObject:
    """The current object, with all that we read of it; raises NoSuchObject."""
    return await api.object(object_path(kind, object_id), **object_parameters(kind))


async def record_events(
    connection: Connection, events: Sequence[Event], *, workspace_id: UUID, now: datetime
) -> set[str]:
    """Record the events; the ids of those that are new."""
    by_id = {event.id: event for event in events}
    new = await store.INSERT_EVENTS.all(
        connection,
        workspace_id=workspace_id,
        id=list(by_id),
        type=[event.type for event in by_id.values()],
        created_at=[utc_time(event.created) for event in by_id.values()],
        now=now,
    )
    return {row.id for row in new}


async def ingest_event(connection: Connection, ingester: StripeIngester, event: Event) -> None:
    """Ingest the event's object if it is of a kind that Keepwell reads."""
    if event.kind is not None:
        await ingester.ingest(connection, event.kind, [event.state], as_of=event.as_of, event=event)

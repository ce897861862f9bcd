"""The event bus: what happened in one room is heard by others, inside the transaction in which it happened.

An event is a fact of the domain, typed and named in the past tense. `app` lists the handlers of each event, since
it alone knows every room. A handler writes rows in the transaction of the change, and does nothing else: it either
takes effect with the change or not at all. Whatever leaves the database is done later, from such a row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime


class DomainEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened in a workspace."""

    workspace_id: UUID


EventType = TypeVar("EventType", bound=DomainEvent)
Handler: TypeAlias = Callable[[Connection, EventType, Runtime], Awaitable[None]]
Listeners: TypeAlias = tuple[type[DomainEvent], Sequence[Handler[Any]]]


def on(event: type[EventType], *handlers: Handler[EventType]) -> Listeners:
    """The handlers of an event, in the order in which they run."""
    return event, handlers


class Bus:
    """Hands each published event to the handlers that `app` listed for its type."""

    def __init__(self, runtime: Runtime, *listeners: Listeners) -> None:
        self._runtime = runtime
        self._handlers: Mapping[type[DomainEvent], Sequence[Handler[Any]]] = dict(listeners)

    async def publish(self, connection: Connection, event: DomainEvent) -> None:
        """Run every handler of `event` in the caller's transaction; what one raises, the caller gets.

        Raises KeyError for a type of event that nobody listed, even if it were without handlers.
        """
        for handler in self._handlers[type(event)]:
            await handler(connection, event, self._runtime)

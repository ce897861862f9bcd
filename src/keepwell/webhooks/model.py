"""Webhooks out as clients see them, and when a message that did not arrive is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.fields import given

Event = Literal[
    "account.created",
    "account.updated",
    "account.deleted",
    "plan.created",
    "plan.updated",
    "subscription.created",
    "subscription.updated",
    "subscription.deleted",
    "invoice.created",
    "invoice.updated",
    "import.undone",
    "webhook_endpoint.disabled",
]
# Sent when it is asked for, whatever the endpoint listens to.
TEST_EVENT = "webhook_endpoint.tested"

DisabledBecause = Literal["asked", "gone", "failing"]
DeliveryStatus = Literal["due", "delivered", "failed"]
EndpointSort = Literal["id", "-id"]
DeliverySort = Literal["id", "-id"]

Url = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=2000,
        pattern=r"^https?://[!-~]+$",
        description="Where it is told; https.",
        examples=["https://shop.example.com/keepwell"],
    ),
]
Description = Annotated[str, msgspec.Meta(max_length=255, pattern=r"^[^\u0000]*$")]
Events = Annotated[
    Sequence[Event], msgspec.Meta(max_length=50, description="What it is told of; none means everything.")
]

# https://www.standardwebhooks.com, "Deliverability and reliability": the delays after each failed attempt.
RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# The spec leaves the time open; the last attempt at a message is after a little more than three days.
DISABLED_AFTER = timedelta(days=5)
_LONGEST_WAIT = timedelta(hours=24)
_JITTER = 0.2


class EndpointItem(msgspec.Struct, frozen=True):
    """Somebody who is told of events at `url`; a disabled one is told nothing."""

    id: UUID
    url: str
    description: str
    events: Sequence[str]
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: DisabledBecause | None
    created_at: datetime
    version: int


class EndpointSecret(msgspec.Struct, frozen=True):
    """An endpoint's id and its signing secret, which is shown this once."""

    id: UUID
    secret: str


class EndpointMade(EndpointItem, frozen=True, kw_only=True):
    """A new endpoint with its signing secret, which is shown this once."""

    secret: str


class EndpointPage(msgspec.Struct, frozen=True):
    """Some endpoints, and the cursor of the next ones where there are any."""

    items: Sequence[EndpointItem]
    next: str | None


class NewEndpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint to be added."""

    url: Url
    description: Description = ""
    events: Events = ()


class EndpointChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be otherwise of an endpoint; what is left out stays."""

    url: Url | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class DeliveryItem(msgspec.Struct, frozen=True):
    """One message on its way to one endpoint; `message_id` is the `webhook-id` that it arrives with."""

    id: UUID
    endpoint_id: UUID
    message_id: str
    event: str
    status: DeliveryStatus
    due_at: datetime | None
    attempts: int
    attempted_at: datetime | None
    last_status_code: int | None
    last_error: str | None
    published_at: datetime


class DeliveryPage(msgspec.Struct, frozen=True):
    """Some deliveries, and the cursor of the next ones where there are any."""

    items: Sequence[DeliveryItem]
    next: str | None


class DeliveryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries, in which order."""

    endpoint_id: UUID | None = None
    status: DeliveryStatus | None = None
    event: str | None = None
    sort: DeliverySort = "-id"


class ReplayFailed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which failed deliveries are to be sent again: those published `since` then, or all."""

    since: datetime | None = None


class Replayed(msgspec.Struct, frozen=True):
    """How many deliveries are due again."""

    deliveries: int


class Message(msgspec.Struct, frozen=True):
    """The body that an endpoint gets, as Standard Webhooks has it; `data` is what the API answers for it."""

    type: str
    timestamp: datetime
    data: Any


class Attempt(msgspec.Struct, frozen=True):
    """How one attempt ended: by a status, or by an error where no answer came."""

    status_code: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def has_arrived(self) -> bool:
        """Any 2xx, and nothing else: a redirect is a failure too."""
        return self.status_code is not None and self.status_code // 100 == HTTPStatus.OK // 100

    @property
    def is_gone(self) -> bool:
        """The endpoint wants no more messages."""
        return self.status_code == HTTPStatus.GONE


def changed(before: EndpointItem, change: EndpointChange, *, now: datetime) -> EndpointItem:
    """`before` with what `change` says; one that is enabled again begins without failures."""
    wanted = dict(given(change))
    is_enabled = wanted.pop("is_enabled", before.disabled_at is None)
    after = msgspec.structs.replace(before, **wanted)
    if is_enabled == (before.disabled_at is None):
        return after
    return enabled(after) if is_enabled else disabled(after, "asked", now=now)


def enabled(endpoint: EndpointItem) -> EndpointItem:
    """`endpoint` as one that is told again."""
    return msgspec.structs.replace(endpoint, disabled_at=None, disabled_because=None, failing_since=None)


def disabled(endpoint: EndpointItem, because: DisabledBecause, *, now: datetime) -> EndpointItem:
    """`endpoint` as one that is told nothing more."""
    return msgspec.structs.replace(endpoint, disabled_at=now, disabled_because=because)


def wait_before_retry(attempt: Attempt, *, attempts: int, jitter: float) -> timedelta | None:
    """How long to wait after the failed attempt number `attempts`, from 1; None where it was the last.

    `jitter`, from 0 to 1, adds up to a fifth. A longer Retry-After is heeded, up to a day.
    """
    if attempts > len(RETRY_DELAYS):
        return None
    planned = RETRY_DELAYS[attempts - 1] * (1 + _JITTER * jitter)
    asked = min(attempt.retry_after or timedelta(0), _LONGEST_WAIT)
    return max(planned, asked)


def retry_after_of(header: str | None, *, now: datetime) -> timedelta | None:
    """A Retry-After header, seconds or a date (RFC 9110, section 10.2.3); None for what is neither."""
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        # Cut before it becomes a number: a header may hold thousands of digits.
        return timedelta(seconds=int(header[:9]))
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(when.replace(tzinfo=when.tzinfo or UTC) - now, timedelta(0))


def message_name(message_id: UUID) -> str:
    """A message's id as `webhook-id` has it."""
    return f"msg_{message_id}"

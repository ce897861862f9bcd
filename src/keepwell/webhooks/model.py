"""Webhook endpoints and deliveries as clients see them, and the rules for retries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.values.fields import given
from keepwell.platform.values.periods import Instant

Event = Literal[
    "account.created",
    "account.updated",
    "account.deleted",
    "account.erased",
    "contact.created",
    "contact.updated",
    "contact.deleted",
    "plan.created",
    "plan.updated",
    "subscription.created",
    "subscription.updated",
    "subscription.deleted",
    "invoice.created",
    "invoice.updated",
    "charge.created",
    "charge.updated",
    "refund.created",
    "payment_method.created",
    "payment_method.updated",
    "charges.failed",
    "save_cases.opened",
    "save_cases.ended",
    "save_case.contacted",
    "save_case.contact_removed",
    "churn.broken",
    "churn.drifted",
    "import.undone",
    "churn.model_promoted",
    "webhook_endpoint.disabled",
]
# The kinds of work: sending a delivery, and deleting old messages.
DELIVERY = "webhooks.delivery"
SWEEP = "webhooks.sweep"
# Sent on request, whatever events the endpoint subscribes to.
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
        description="Where messages are sent; https.",
        examples=["https://shop.example.com/keepwell"],
    ),
]
Description = Annotated[str, msgspec.Meta(max_length=255, pattern=r"^[^\u0000]*$")]
Events = Annotated[
    Sequence[Event], msgspec.Meta(max_length=50, description="The events to send; none means all.")
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
# The specification leaves this open; the last attempt at a message is a little more than three days later.
DISABLED_AFTER = timedelta(days=5)
_LONGEST_WAIT = timedelta(hours=24)
_JITTER = 0.2


class EndpointItem(msgspec.Struct, frozen=True):
    """A `url` that events are sent to; nothing is sent to a disabled one."""

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
    """The id of an endpoint and its signing secret, which is shown only now."""

    id: UUID
    secret: str


class EndpointWithSecret(EndpointItem, frozen=True, kw_only=True):
    """A new endpoint with its signing secret, which is shown only now."""

    secret: str


class EndpointPage(msgspec.Struct, frozen=True):
    """A page of endpoints, and the cursor of the next page, if any."""

    items: Sequence[EndpointItem]
    next: str | None


class NewEndpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint to add."""

    url: Url
    description: Description = ""
    events: Events = ()


class EndpointChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change."""

    url: Url | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


class DeliveryItem(msgspec.Struct, frozen=True):
    """One message to one endpoint; `message_id` is its `webhook-id` header."""

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
    """A page of deliveries, and the cursor of the next page, if any."""

    items: Sequence[DeliveryItem]
    next: str | None


class DeliveryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filters and order of a list of deliveries."""

    endpoint_id: UUID | None = None
    status: DeliveryStatus | None = None
    event: str | None = None
    sort: DeliverySort = "-id"


class ReplayFailed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which failed deliveries to send again: those published at or after `since`, or all."""

    since: Instant | None = None


class DeliveryReplayResult(msgspec.Struct, frozen=True):
    """The number of deliveries that are due again."""

    deliveries: int


class Message(msgspec.Struct, frozen=True):
    """The body of a message, as Standard Webhooks specifies it; `data` has the form that the API answers with."""

    type: str
    timestamp: datetime
    data: Any


class Attempt(msgspec.Struct, frozen=True):
    """The outcome of one attempt: a status, or an error if there was no answer."""

    status_code: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def has_arrived(self) -> bool:
        """Any 2xx status; a redirect is a failure."""
        return self.status_code is not None and self.status_code // 100 == HTTPStatus.OK // 100

    @property
    def failure(self) -> str:
        """What an attempt that has not arrived ended with."""
        return self.error or f"status {self.status_code}"

    @property
    def is_gone(self) -> bool:
        """The endpoint asks for no more messages, with status 410."""
        return self.status_code == HTTPStatus.GONE


def changed(before: EndpointItem, change: EndpointChange, *, now: datetime) -> EndpointItem:
    """`before` with `change` applied; enabling it again resets its failures."""
    values = dict(given(change))
    is_enabled = values.pop("is_enabled", before.disabled_at is None)
    after = msgspec.structs.replace(before, **values)
    if is_enabled == (before.disabled_at is None):
        return after
    return enabled(after) if is_enabled else disabled(after, "asked", now=now)


def enabled(endpoint: EndpointItem) -> EndpointItem:
    """`endpoint`, enabled and without failures."""
    return msgspec.structs.replace(endpoint, disabled_at=None, disabled_because=None, failing_since=None)


def disabled(endpoint: EndpointItem, because: DisabledBecause, *, now: datetime) -> EndpointItem:
    """`endpoint`, disabled at `now`."""
    return msgspec.structs.replace(endpoint, disabled_at=now, disabled_because=because)


def wait_before_retry(attempt: Attempt, *, attempts: int, jitter: float) -> timedelta | None:
    """How long to wait after failed attempt number `attempts`, counted from 1; None after the last one.

    `jitter`, from 0 to 1, adds up to a fifth. A longer Retry-After is respected, up to a day.
    """
    if attempts > len(RETRY_DELAYS):
        return None
    planned = RETRY_DELAYS[attempts - 1] * (1 + _JITTER * jitter)
    requested = min(attempt.retry_after or timedelta(0), _LONGEST_WAIT)
    return max(planned, requested)


def retry_after_of(header: str | None, *, now: datetime) -> timedelta | None:
    """The wait in a Retry-After header, seconds or a date (RFC 9110, section 10.2.3); None if it is neither."""
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        # Truncated before it is parsed: a header may have thousands of digits.
        return timedelta(seconds=int(header[:9]))
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(when.replace(tzinfo=when.tzinfo or UTC) - now, timedelta(0))


def message_name(message_id: UUID) -> str:
    """The `webhook-id` header of a message."""
    return f"msg_{message_id}"

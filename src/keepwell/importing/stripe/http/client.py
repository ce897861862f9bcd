"""Stripe's API with our own errors: the official package sends requests, `Service` retries them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
import stripe
from opentelemetry.trace import SpanKind

from keepwell.importing.stripe.event_model import READ_VERSION
from keepwell.importing.stripe.http.lenient_json import read_leniently
from keepwell.platform.errors import (
    DataValidationError,
    ExternalServiceError,
    KeepwellError,
    NotAuthenticated,
    PolicyViolation,
    RateLimited,
    Unavailable,
)
from keepwell.platform.retry import Patience, Service
from keepwell.platform.trace.spans import span

# The last version in which a charge has its invoice and a subscription its period. Stripe answers in the requested
# version, so newer versions change nothing here.
API_VERSION = f"{READ_VERSION}.acacia"
PAGE_SIZE = 100
_SECONDS_PER_ANSWER = 30.0
_SERVICE = "stripe"
_OK = 200
_FIRST_REFUSAL = 400
_SERVER_ERROR = 500


class NoSuchObject(DataValidationError):
    """Stripe has no such object."""

    code = "stripe-no-such-object"


class StripePage(msgspec.Struct, frozen=True):
    """Objects of a list, newest first, and the id to continue after, or None on the last page.

    The objects are at least as new as `as_of`, by Stripe's clock.
    """

    items: Sequence[Any]
    next: str | None
    as_of: datetime


class _List(msgspec.Struct, frozen=True):
    data: Sequence[Any]
    has_more: bool


class _Answer(msgspec.Struct, frozen=True):
    data: Any
    headers: Mapping[str, str]


class StripeApi:
    """Stripe's API. Every failure is one of our errors, and none contains the key."""

    def __init__(self, client: stripe.StripeClient, *, patience: Patience) -> None:
        self._client = client
        self._service = Service(_SERVICE, patience=patience)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        key: str,
        *,
        base: str | None = None,
        patience: Patience | None = None,
        seconds_per_answer: float = _SECONDS_PER_ANSWER,
    ) -> AsyncIterator[StripeApi]:
        """A client with a secret or restricted `key`; `base` replaces the address of Stripe's API."""
        http = stripe.HTTPXClient(timeout=seconds_per_answer)
        client = stripe.StripeClient(
            key,
            http_client=http,
            base_addresses={"api": base.rstrip("/")} if base else {},
            stripe_version=API_VERSION,
            max_network_retries=0,
        )
        try:
            yield cls(client, patience=patience or Patience())
        finally:
            await http.close_async()  # type: ignore[no-untyped-call]

    async def page(self, path: str, *, after: str | None, **parameters: Any) -> StripePage:
        """One page of the list at `path`; raises NoSuchObject if `after` was deleted."""
        query = {**parameters, "limit": PAGE_SIZE, **({"starting_after": after} if after else {})}
        answer = await self._service.call(lambda: self._send("get", path, query))
        try:
            listed = msgspec.convert(answer.data, _List)
            ids = [each["id"] for each in listed.data if isinstance(each, dict) and "id" in each]
            following = ids[-1] if listed.has_more and listed.data else None
            return StripePage(listed.data, following, parsedate_to_datetime(answer.headers["date"]))
        except (msgspec.ValidationError, KeyError, IndexError, ValueError):
            raise _not_stripe() from None

    async def first(self, path: str) -> None:
        """Read the first object of the list at `path`, to see whether the key may."""
        answer = await self._service.call(lambda: self._send("get", path, {"limit": 1}))
        try:
            msgspec.convert(answer.data, _List)
        except msgspec.ValidationError:
            raise _not_stripe() from None

    async def object(self, path: str, **parameters: Any) -> dict[str, Any]:
        """The current object at `path`; raises NoSuchObject."""
        answer = await self._service.call(lambda: self._send("get", path, parameters))
        found = msgspec.convert(answer.data, dict[str, Any])
        if found.get("deleted"):
            raise NoSuchObject("Stripe has deleted it.")
        return found

    async def _send(self, method: str, path: str, parameters: Mapping[str, Any]) -> _Answer:
        try:
            # A span of our own: Stripe's library uses a client of its own, which records none.
            with span(f"stripe {method.upper()}", kind=SpanKind.CLIENT):
                answer = await self._client.raw_request_async(method, path, **parameters)
        except stripe.StripeError as error:
            if error.http_status == _OK and error.http_body:
                return _read_leniently(error)
            raise _translated(error) from None
        return _Answer(answer.data, answer.headers)


def _read_leniently(error: stripe.StripeError) -> _Answer:
    """The answer that the package could not read; it passes the headers as if they were the body's object."""
    headers = error.headers or error.json_body
    try:
        return _Answer(read_leniently(str(error.http_body)), headers if isinstance(headers, Mapping) else {})
    except (ValueError, RecursionError):
        raise _not_stripe() from None


def _translated(error: stripe.StripeError) -> KeepwellError:
    """Our error for one of theirs, without any text that may contain the key."""
    status = error.http_status or 0
    request = f" (request {error.request_id})" if error.request_id else ""
    if isinstance(error, stripe.APIConnectionError):
        return Unavailable("Stripe does not answer.", hint="Check the connection and run the command again.")
    if isinstance(error, stripe.RateLimitError):
        return RateLimited("Stripe is limiting our requests.", retry_after=_retry_after(error))
    if status >= _SERVER_ERROR:
        return Unavailable(f"Stripe answers {status}{request}.", retry_after=_retry_after(error))
    if 0 < status < _FIRST_REFUSAL:
        return _not_stripe()
    return _refused(error, request=request)


def _not_stripe() -> ExternalServiceError:
    return ExternalServiceError("The server that answers is not Stripe.", hint="Check --api-base.")


def _refused(error: stripe.StripeError, *, request: str) -> KeepwellError:
    match error:
        case stripe.AuthenticationError():
            return NotAuthenticated(
                f"Stripe does not accept this key{request}.",
                hint="Create a restricted key with read permission and save it alone in the file.",
            )
        case stripe.PermissionError():
            return PolicyViolation(
                f"The key lacks a permission at Stripe{request}.",
                hint="It must be able to read customers, products, prices, subscriptions, invoices, charges and events.",
            )
        case (
            stripe.InvalidRequestError(http_status=404) | stripe.InvalidRequestError(code="resource_missing")
        ):
            return NoSuchObject(f"Stripe has no such object{request}.")
    return ExternalServiceError(
        f"Stripe refused the request with {error.http_status}{request}.",
        hint="Look it up in Stripe's request log.",
    )


def _retry_after(error: stripe.StripeError) -> timedelta | None:
    given = {name.lower(): value for name, value in (error.headers or {}).items()}.get("retry-after", "")
    # Cut after nine digits: a longer number would overflow.
    return timedelta(seconds=int(given[:9])) if given.isdecimal() else None

"""Calls to external services: the one layer with retries and a circuit breaker.

Only errors marked `retryable` are retried, after an exponential wait with jitter, or after the wait that the service
asks for (`retry_after`). A call that is not safe to repeat needs an idempotency key. After many failures in a row the
circuit opens: for a while every call fails at once, without reaching the service.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import msgspec
import stamina
import structlog
from prometheus_client import Counter, Gauge
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.messages.events import ContextChanged
from purgatory.domain.model import OPENED, OpenedState
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from keepwell.platform.errors import KeepwellError, RateLimited, Unavailable

Result = TypeVar("Result")

_LOG = structlog.get_logger("keepwell.retry")

ATTEMPTS = Counter("keepwell_service_attempts", "Calls to an external service.", ["service"])
RETRIES = Counter("keepwell_service_retries", "Retried calls.", ["service"])
FAILURES = Counter("keepwell_service_failures", "Failed calls, by error code.", ["service", "code"])
CIRCUIT_OPEN = Gauge("keepwell_service_circuit_open", "1 while calls to a service fail at once.", ["service"])


class CircuitOpen(Unavailable):
    """The service has failed too often, so it is not called for a while."""

    code = "circuit-open"
    retryable = False


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to retry calls to a service.

    The wait before the second attempt is `first_wait`, doubling up to `longest_wait`, with up to `jitter` added.
    No attempt starts after `in_all`, and none if the service asks to wait longer than that.
    """

    attempts: int = 6
    first_wait: timedelta = timedelta(milliseconds=500)
    longest_wait: timedelta = timedelta(seconds=15)
    jitter: timedelta = timedelta(seconds=1)
    in_all: timedelta = timedelta(minutes=2)
    failures_to_open: int = 12
    open_for: timedelta = timedelta(seconds=30)


class Service:
    """An external service; `name` labels its metrics."""

    def __init__(self, name: str, *, patience: Patience) -> None:
        self._name = name
        self._patience = patience
        self._circuits = AsyncCircuitBreakerFactory(
            default_threshold=patience.failures_to_open,
            default_ttl=patience.open_for.total_seconds(),
            exclude=[(KeepwellError, _is_no_outage)],
        )
        self._circuits.add_listener(self._note)
        CIRCUIT_OPEN.labels(name).set(0)

    async def call(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """The result of `work`, which may be called several times.

        Raises the last KeepwellError of `work`, or CircuitOpen without calling it.
        """
        patience = self._patience
        attempts = stamina.retry_context(
            on=self._wait,
            attempts=patience.attempts,
            timeout=patience.in_all,
            wait_initial=patience.first_wait,
            wait_max=patience.longest_wait,
            wait_jitter=patience.jitter,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    return await self._attempt(work, number=attempt.num)
        except KeepwellError as error:
            FAILURES.labels(self._name, error.code).inc()
            raise
        raise AssertionError("An attempt returns or raises.")

    async def _attempt(self, work: Callable[[], Awaitable[Result]], *, number: int) -> Result:
        try:
            async with await self._circuits.get_breaker(self._name):
                ATTEMPTS.labels(self._name).inc()
                RETRIES.labels(self._name).inc(number > 1)
                return await work()
        except OpenedState:
            raise CircuitOpen(
                f"{self._name} has failed {self._patience.failures_to_open} times in a row, so it is not called for now.",
                hint="Try again later.",
                retry_after=self._patience.open_for,
            ) from None

    def _wait(self, error: Exception) -> bool | timedelta:
        """Whether to retry after `error`, or after how long."""
        if not isinstance(error, KeepwellError) or not error.retryable:
            return False
        if error.retry_after is None:
            return True
        return error.retry_after if error.retry_after <= self._patience.in_all else False

    def _note(self, name: str, _event: str, message: object) -> None:
        if isinstance(message, ContextChanged):
            CIRCUIT_OPEN.labels(name).set(message.state == OPENED)


def _is_no_outage(error: KeepwellError) -> bool:
    """Whether the service itself works: it rejected the request, or asks to slow down."""
    return not error.retryable or isinstance(error, RateLimited)


def _tell(details: RetryDetails) -> None:
    """Log why the call takes long."""
    _LOG.warning("Trying again", error=str(details.caused_by), wait_seconds=round(details.wait_for, 1))


# Replaces stamina's own hooks, which log the function's name instead of the error.
set_on_retry_hooks((_tell,))

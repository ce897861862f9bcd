from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from time import monotonic

import pytest
from prometheus_client import REGISTRY

from keepwell.platform.errors import DataValidationError, KeepwellError, RateLimited, Unavailable
from keepwell.platform.retry import CircuitOpen, Patience, Service

pytestmark = pytest.mark.anyio

QUICK = Patience(
    attempts=3,
    first_wait=timedelta(milliseconds=1),
    longest_wait=timedelta(milliseconds=4),
    jitter=timedelta(milliseconds=1),
    in_all=timedelta(seconds=2),
    failures_to_open=100,
    open_for=timedelta(milliseconds=80),
)


class Work:
    """Fails with each of the errors in turn, then returns."""

    def __init__(self, *errors: KeepwellError) -> None:
        self.errors = list(errors)
        self.calls: list[float] = []

    async def __call__(self) -> str:
        self.calls.append(monotonic())
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def fails(work: Callable[[], Awaitable[str]], service: Service) -> KeepwellError:
    with pytest.raises(KeepwellError) as caught:
        await service.call(work)
    return caught.value


async def test_a_transient_fault_is_retried_and_counted() -> None:
    work = Work(Unavailable("no"), Unavailable("no"))
    assert await Service("transient", patience=QUICK).call(work) == "done"
    assert counted("keepwell_service_attempts_total", service="transient") == 3
    assert counted("keepwell_service_retries_total", service="transient") == 2


async def test_a_permanent_fault_is_not_retried() -> None:
    work = Work(DataValidationError("wrong"))
    await fails(work, Service("permanent", patience=QUICK))
    assert len(work.calls) == 1


async def test_after_the_last_attempt_the_last_error_is_raised_and_counted() -> None:
    error = await fails(
        Work(Unavailable("1"), Unavailable("2"), Unavailable("3")), Service("given up", patience=QUICK)
    )
    assert error.message == "3"
    assert counted("keepwell_service_failures_total", service="given up", code="unavailable") == 1


async def test_the_requested_wait_is_observed() -> None:
    work = Work(RateLimited(retry_after=timedelta(milliseconds=150)))
    await Service("asks", patience=QUICK).call(work)
    assert work.calls[1] - work.calls[0] >= 0.15


async def test_a_wait_longer_than_the_time_left_fails_at_once() -> None:
    work = Work(RateLimited(retry_after=timedelta(hours=1)))
    error = await fails(work, Service("long", patience=QUICK))
    assert error.retry_after == timedelta(hours=1)
    assert len(work.calls) == 1


def failing(number: int) -> Sequence[KeepwellError]:
    return [Unavailable("no") for _ in range(number)]


OPENS_SOON = Patience(
    attempts=2,
    first_wait=timedelta(0),
    longest_wait=timedelta(0),
    jitter=timedelta(0),
    failures_to_open=4,
    open_for=timedelta(milliseconds=80),
)


async def test_after_many_failures_in_a_row_the_service_is_not_called() -> None:
    service, work = Service("opens", patience=OPENS_SOON), Work(*failing(4))
    await fails(work, service)
    await fails(work, service)
    error = await fails(work, service)
    assert isinstance(error, CircuitOpen)
    assert error.retry_after == OPENS_SOON.open_for
    assert len(work.calls) == 4
    assert counted("keepwell_service_circuit_open", service="opens") == 1


async def test_a_successful_trial_call_closes_the_circuit() -> None:
    service, work = Service("closes", patience=OPENS_SOON), Work(*failing(4))
    await fails(work, service)
    await fails(work, service)
    await asyncio.sleep(0.1)
    assert await service.call(work) == "done"
    assert counted("keepwell_service_circuit_open", service="closes") == 0


async def test_refusals_and_rate_limits_do_not_open_the_circuit() -> None:
    service = Service("refuses", patience=OPENS_SOON)
    for _ in range(6):
        await fails(Work(DataValidationError("wrong")), service)
        await fails(Work(RateLimited(), RateLimited()), service)
    assert await service.call(Work()) == "done"

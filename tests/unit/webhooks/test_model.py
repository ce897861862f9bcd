"""Retry times, and how answers are classified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from keepwell.webhooks.model import (
    RETRY_DELAYS,
    Attempt,
    EndpointChange,
    EndpointItem,
    changed,
    disabled,
    retry_after_of,
    wait_before_retry,
)

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
ENDPOINT = EndpointItem(UUID(int=1), "https://a.example", "", [], NOW, None, None, NOW, 1)


def waits(attempt: Attempt, *, jitter: float = 0.0) -> list[timedelta | None]:
    return [wait_before_retry(attempt, attempts=number, jitter=jitter) for number in range(1, 11)]


def test_retry_delays_follow_standard_webhooks_and_end_after_the_last() -> None:
    assert waits(Attempt(500)) == [*RETRY_DELAYS, None]
    assert sum(RETRY_DELAYS, timedelta(0)) == timedelta(hours=75, minutes=35, seconds=5)


def test_jitter_adds_up_to_a_fifth() -> None:
    assert wait_before_retry(Attempt(500), attempts=2, jitter=1.0) == timedelta(minutes=6)


def test_a_longer_retry_after_is_respected_up_to_a_day() -> None:
    assert waits(Attempt(503, retry_after=timedelta(minutes=1)))[:2] == [
        timedelta(minutes=1),
        timedelta(minutes=5),
    ]
    assert waits(Attempt(503, retry_after=timedelta(days=300)))[0] == timedelta(hours=24)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("120", timedelta(seconds=120)),
        ("Wed, 20 May 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Wed, 20 May 2026 11:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-1", None),
        ("٣", None),
        ("9" * 5000, timedelta(seconds=999_999_999)),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, wait: timedelta | None) -> None:
    assert retry_after_of(header, now=NOW) == wait


def test_only_2xx_counts_as_delivered() -> None:
    statuses = [199, 200, 204, 299, 301, 404, 500]
    assert [each for each in statuses if Attempt(each).has_arrived] == [200, 204, 299]


def test_enabling_an_endpoint_again_resets_its_failures() -> None:
    gone = disabled(ENDPOINT, "gone", now=NOW)
    again = changed(gone, EndpointChange(is_enabled=True), now=NOW)
    assert (again.disabled_at, again.disabled_because, again.failing_since) == (None, None, None)


def test_a_change_of_another_field_leaves_a_disabled_endpoint_disabled() -> None:
    gone = disabled(ENDPOINT, "gone", now=NOW)
    assert changed(gone, EndpointChange(description="x"), now=NOW + timedelta(1)).disabled_at == NOW

"""Features use all events before their day, and none after it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.churn.features import event_days, midnight, read_activity
from keepwell.churn.model import ActivityFeatures
from tests import thorough
from tests.unit.churn.building import AS_OF, EventRow, event_table, instant, snapshot

KEY = ("A-0001", AS_OF)
# Seconds from the instant of the snapshot.
OFFSETS = st.integers(0, 60 * 86_400)
NAMES = st.sampled_from(["login", "export", "payment_failed", "payment_recovered"])


def activity_of(*rows: EventRow) -> ActivityFeatures:
    return read_activity(event_table(rows), [snapshot()]).get(KEY, ActivityFeatures())


def on(*days_ago: int, event: str = "login") -> list[EventRow]:
    """One event at noon of each day; 0 is the day before the snapshot's."""
    return [("A-0001", midnight(AS_OF) - timedelta(days=days, hours=12), event) for days in days_ago]


@settings(max_examples=thorough.repeats(10, thorough=250), deadline=None)
@given(
    past=st.lists(st.tuples(OFFSETS.filter(bool), NAMES), max_size=8),
    future=st.lists(st.tuples(OFFSETS, NAMES), max_size=8),
)
def test_events_on_or_after_the_day_change_nothing(
    past: list[tuple[int, str]], future: list[tuple[int, str]]
) -> None:
    before = [("A-0001", midnight(AS_OF) - timedelta(seconds=seconds), event) for seconds, event in past]
    after = [("A-0001", midnight(AS_OF) + timedelta(seconds=seconds), event) for seconds, event in future]
    assert activity_of(*before, *after) == activity_of(*before)


def test_the_two_windows_of_28_days_are_counted_separately() -> None:
    seen = activity_of(*on(0, 0, 5, 27, 28, 55, 56))
    assert seen.active_days == 3
    assert seen.active_days_before == 2


def test_a_fraction_of_a_second_before_midnight_belongs_to_the_day_before() -> None:
    seen = activity_of(("A-0001", midnight(AS_OF) - timedelta(microseconds=1), "login"))
    assert seen.quiet_days == 0
    assert activity_of(("A-0001", midnight(AS_OF) - timedelta(days=1), "login")).quiet_days == 0
    assert activity_of(("A-0001", midnight(AS_OF) - timedelta(days=1, seconds=1), "login")).quiet_days == 1


def test_the_usual_gap_is_the_mean_distance_between_active_days() -> None:
    seen = activity_of(*on(19, 21, 23, 29))
    assert seen.quiet_days == 19
    assert seen.usual_gap_days == 10 / 3


def test_one_active_day_has_no_usual_gap() -> None:
    assert activity_of(*on(3, 3)).usual_gap_days is None


def test_events_half_a_year_back_are_ignored() -> None:
    assert activity_of(*on(180)) == ActivityFeatures()


def test_payments_do_not_count_as_activity() -> None:
    seen = activity_of(*on(2, event="payment_failed"), *on(1, event="payment_recovered"))
    assert seen.active_days == 0
    assert seen.quiet_days is None
    assert seen.failed_payments == 1


def test_a_failed_payment_is_open_until_it_is_recovered() -> None:
    failed, recovered = on(5, event="payment_failed"), on(4, event="payment_recovered")
    assert activity_of(*failed).open_payment_days == 6
    assert activity_of(*failed, *recovered).open_payment_days is None
    assert activity_of(*failed, *recovered, *on(1, event="payment_failed")).open_payment_days == 2


def test_a_payment_that_failed_more_than_28_days_ago_is_not_open() -> None:
    assert activity_of(*on(28, event="payment_failed")).open_payment_days is None


def test_activity_is_separate_per_account_and_day() -> None:
    earlier = snapshot(as_of=AS_OF - timedelta(days=10))
    other = snapshot(account=2)
    rows = [*on(1, 12), ("A-0002", instant("2025-02-27T08:00:00"), "login")]
    seen = read_activity(event_table(rows), [snapshot(), earlier, other])
    assert seen[KEY].active_days == 2
    assert seen["A-0001", earlier.as_of].active_days == 1
    assert seen["A-0002", AS_OF].active_days == 1


def test_the_recorded_days_end_before_the_given_one() -> None:
    rows = [
        ("A-0001", instant(text), "login")
        for text in ("2025-01-05T23:59:59", "2025-02-28T00:00:00", "2025-03-01T00:00:00")
    ]
    assert event_days(event_table(rows), before=AS_OF) == (
        instant("2025-01-05").date(),
        instant("2025-02-28").date(),
    )
    assert event_days(event_table([]), before=AS_OF) is None


def test_an_event_dated_by_a_clock_that_was_never_set_is_not_the_first() -> None:
    days = ["1969-12-31T23:59:59.5", "1970-01-01T00:00:01", "2024-03-01", "2025-02-28T12:00:00"]
    rows = [("A-0001", instant(text), "login") for text in days]
    assert event_days(event_table(rows), before=AS_OF) == (
        instant("2024-03-01").date(),
        instant("2025-02-28").date(),
    )


def test_events_between_two_whole_seconds_count_on_their_day() -> None:
    rows = [
        ("A-0001", instant(text), "login") for text in ("2025-01-05T23:59:59.999999", "2025-02-28T00:00:00.5")
    ]
    assert event_days(event_table(rows), before=AS_OF) == (
        instant("2025-01-05").date(),
        instant("2025-02-28").date(),
    )

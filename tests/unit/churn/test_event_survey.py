"""The days with events, and which events come from a system instead of a customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from keepwell.churn.sources.coverage import SourceName
from keepwell.churn.sources.event_survey import EventDays, event_days, reduced, system_events
from tests.unit.churn.building import AS_OF, EventRow, event_table, instant


def days_of(*texts: str, event: str = "login") -> EventDays:
    return event_days(event_table(("A-0001", instant(text), event) for text in texts), before=AS_OF)


def logins(accounts: Iterable[int], *, day: str = "2025-02-03", days: int = 10) -> list[EventRow]:
    """A login of each account on each day, at minutes of its own."""
    return [
        (f"A-{account:04}", instant(day) + timedelta(days=number, minutes=account * 7 + number), "login")
        for account in accounts
        for number in range(days)
    ]


def sent(
    accounts: Iterable[int], *, day: str = "2025-02-10", event: str = "newsletter_sent"
) -> list[EventRow]:
    """An event of each account within the same minute of a day."""
    return [
        (f"A-{account:04}", instant(f"{day}T09:00:00") + timedelta(milliseconds=20 * account), event)
        for account in accounts
    ]


def test_the_recorded_days_end_before_the_given_one() -> None:
    found = days_of("2025-01-05T23:59:59", "2025-02-28T00:00:00", "2025-03-01T00:00:00")
    assert found.usage == [date(2025, 1, 5), date(2025, 2, 28)]
    assert days_of() == EventDays([], [], [])


def test_a_day_whose_events_became_known_too_late_is_not_recorded() -> None:
    late = ("A-0001", instant("2025-02-01T12:00:00"), "login", instant("2025-03-01T00:00:00"))
    in_time = ("A-0001", instant("2025-02-02T12:00:00"), "login", instant("2025-02-28T23:59:59"))
    assert event_days(event_table([late, in_time]), before=AS_OF).usage == [date(2025, 2, 2)]


def test_an_event_that_is_sent_later_is_of_its_own_day_and_known_on_a_later_one() -> None:
    late = ("A-0001", instant("2025-02-01T12:00:00"), "login", instant("2025-02-20T08:00:00"))
    in_time = ("A-0001", instant("2025-02-02T12:00:00"), "login")
    found = event_days(event_table([late, in_time]), before=AS_OF)
    assert found.usage == [date(2025, 2, 1), date(2025, 2, 2)]
    assert found.known == [date(2025, 2, 2), date(2025, 2, 20)]


def test_events_between_two_whole_seconds_count_on_their_day() -> None:
    found = days_of("2025-01-05T23:59:59.999999", "2025-02-28T00:00:00.5")
    assert found.usage == [date(2025, 1, 5), date(2025, 2, 28)]


def test_days_with_payments_alone_are_no_days_of_usage() -> None:
    found = days_of("2025-01-05T12:00:00", event="payment_succeeded")
    assert (found.usage, found.others) == ([], [date(2025, 1, 5)])


def test_an_event_that_most_accounts_get_within_a_minute_is_the_systems() -> None:
    assert system_events(event_table([*logins(range(30)), *sent(range(40))])) == ["newsletter_sent"]


def test_one_crowded_minute_does_not_make_a_system_of_what_customers_do_otherwise() -> None:
    rows = [*logins(range(30)), *sent(range(30), event="login")]
    assert system_events(event_table(rows)) == []


def test_a_minute_shared_by_few_accounts_of_many_is_no_system() -> None:
    rows = [*logins(range(200)), *sent(range(40), event="webinar_joined")]
    assert system_events(event_table(rows)) == []


def test_a_handful_of_accounts_may_do_the_same_within_a_minute() -> None:
    assert system_events(event_table(sent(range(9)))) == []


def test_no_events_come_from_no_system() -> None:
    assert system_events(event_table([])) == []


def test_a_source_that_is_left_out_has_no_events() -> None:
    events = event_table([*logins(range(2), days=1), ("A-0001", instant("2025-02-03"), "payment_failed")])
    counts = [
        reduced(events, without).count().to_pyarrow().as_py()
        for without in ([], [SourceName.EVENTS], [SourceName.PAYMENTS])
    ]
    assert counts == [3, 1, 2]


def test_events_with_a_date_and_no_time_of_day_are_nobodys_newsletter() -> None:
    dated = [
        (account, at.replace(hour=0, microsecond=0), event)
        for account, at, event in sent(range(40), event="bought")
    ]
    assert system_events(event_table(dated)) == []
    # One that has a time on another day does tell.
    assert system_events(event_table([*dated, *sent(range(40), day="2025-02-11", event="bought")])) == [
        "bought"
    ]

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from keepwell.identity.preferences.model import (
    EffectivePreferences,
    Preferences,
    PreferencesChange,
    changed,
)
from keepwell.platform.errors import DataValidationError


def quiet_end(now: str, *, start: str = "20:00", until: str = "07:00", zone: str = "Europe/Berlin") -> str:
    preferences = EffectivePreferences(
        time_zone=zone,
        locale="en",
        quiet_from=start,
        quiet_until=until,
    )
    end = preferences.quiet_end(datetime.fromisoformat(now).replace(tzinfo=UTC))
    return "" if end is None else f"{end:%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-01-10T18:59", ""),
        ("2026-01-10T19:00", "2026-01-11T06:00"),
        ("2026-01-11T05:59", "2026-01-11T06:00"),
        ("2026-01-11T06:00", ""),
        # The night on which summer time begins has an hour less, the one on which it ends an hour more.
        ("2026-03-28T23:00", "2026-03-29T05:00"),
        ("2026-10-24T23:00", "2026-10-25T06:00"),
    ],
)
def test_quiet_hours_over_midnight_end_in_the_members_morning(now: str, end: str) -> None:
    assert quiet_end(now) == end


def test_quiet_hours_within_a_day_end_on_that_day() -> None:
    assert quiet_end("2026-01-10T12:30", start="12:00", until="13:00", zone="UTC") == "2026-01-10T13:00"
    assert quiet_end("2026-01-10T13:00", start="12:00", until="13:00", zone="UTC") == ""


def test_without_quiet_hours_nothing_waits() -> None:
    preferences = EffectivePreferences(time_zone="UTC", locale="en", quiet_from=None, quiet_until=None)
    assert preferences.quiet_end(datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (PreferencesChange(quiet_from="22:00"), "quiet_from: quiet hours need a beginning and an end."),
        (PreferencesChange(quiet_from="22:00", quiet_until="22:00"), "quiet_until: is the beginning too."),
        (PreferencesChange(time_zone="Mars/Base"), "time_zone: 'Mars/Base' is not a time zone."),
        (PreferencesChange(locale="Klingon"), "locale: 'Klingon' is not a language tag."),
    ],
)
def test_wrong_preferences_are_refused_by_field(change: PreferencesChange, reason: str) -> None:
    with pytest.raises(DataValidationError) as refused:
        changed(Preferences(), change)
    assert refused.value.message == reason

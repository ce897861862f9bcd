"""What members prefer for themselves, and when they want to be left in peace."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.fields import checked, given
from keepwell.platform.values.localization import Locale, TimeZone, locale, time_zone

LocalTime = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples=["22:00"],
        description="A time of day in the member's time zone.",
    ),
]


class Preferences(msgspec.Struct, frozen=True):
    """A member's own preferences; None is the workspace's. From `quiet_from` until `quiet_until` nothing is sent."""

    time_zone: str | None = None
    locale: str | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None
    version: int = 1


class PreferencesChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change; null is the workspace's."""

    time_zone: TimeZone | UnsetType | None = UNSET
    locale: Locale | UnsetType | None = UNSET
    quiet_from: LocalTime | UnsetType | None = UNSET
    quiet_until: LocalTime | UnsetType | None = UNSET


class EffectivePreferences(msgspec.Struct, frozen=True):
    """What counts for a member, with the workspace's settings for what they have not chosen."""

    time_zone: str
    locale: str
    quiet_from: str | None
    quiet_until: str | None

    def quiet_end(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` is in end, in UTC; None if `now` is in none."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        zone, start, end = ZoneInfo(self.time_zone), _time(self.quiet_from), _time(self.quiet_until)
        local = now.astimezone(zone)
        # Those that began yesterday may last over midnight.
        for day in (local.date() - timedelta(days=1), local.date()):
            last_day = day if start < end else day + timedelta(days=1)
            begins = datetime.combine(day, start, zone).astimezone(UTC)
            ends = datetime.combine(last_day, end, zone).astimezone(UTC)
            if begins <= now < ends:
                return ends
        return None


def _time(text: str) -> time:
    return time.fromisoformat(text)


def changed(before: Preferences, change: PreferencesChange) -> Preferences:
    """`before` with the change, in the stored form; raises DataValidationError that names the field."""
    fields = checked(given(change), {"time_zone": time_zone, "locale": locale})
    after = msgspec.structs.replace(before, **fields, version=before.version + 1)
    if (after.quiet_from is None) != (after.quiet_until is None):
        raise DataValidationError(
            "quiet_from: quiet hours need a beginning and an end.", hint="Send both, or null for both."
        )
    if after.quiet_from is not None and after.quiet_from == after.quiet_until:
        raise DataValidationError("quiet_until: is the beginning too.", hint="Choose another time.")
    return after

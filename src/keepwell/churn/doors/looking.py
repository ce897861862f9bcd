"""The first steps of a training and of a scoring: to which day the records reach, and which accounts are looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import ibis
import msgspec

from keepwell.churn.doors.door import Door, Group
from keepwell.churn.doors.model import Period
from keepwell.churn.predictors import kinds_of
from keepwell.churn.sources.coverage import Coverage, Silence, SourceSilent, coverage_of, first_covered
from keepwell.churn.sources.event_survey import EventDays, event_days, system_events, without
from keepwell.platform.progress import Progress


class Reads(msgspec.Struct, frozen=True, kw_only=True):
    """What a model that exists reads: the names of its inputs, and the events that were a system's when it was trained."""

    names: Sequence[str]
    system_events: Collection[str] = ()

    def no_usage(self, found: Collection[str]) -> list[str]:
        """The events to leave out, of those that are `found` to be a system's today: none that is an input of the model."""
        return sorted({*self.system_events, *found} - set(kinds_of(self.names)))


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of a workspace, and the days that are on record; `system_events` are no use, and were left out."""

    system_events: Sequence[str]
    silence: Silence | None
    period: Period
    group: Group[Any]


def look(
    door: Door,
    events: ibis.Table,
    *,
    today: date,
    horizon_days: int,
    progress: Progress,
    kept_as_of: date | None = None,
    reads: Reads | None = None,
) -> Looked:
    """Look through the events, and read what the accounts that the `door` looks at did; for a model that exists, what it `reads`.

    Raises NothingToScore if there is no account to lose, TooLittleHistory if no whole horizon has been observed, and SourceSilent if
    a source has gone silent, so that no list newer than the existing one, `kept_as_of`, can be made.
    """
    with progress.step("Looking through events", total=None):
        systems = system_events(events)
        if reads is not None:
            systems = reads.no_usage(systems)
        events = without(events, systems)
        seen = event_days(events, before=today)
    coverage = coverage_of(door.sources(seen, today=today), today=today)
    if coverage.silence is not None and kept_as_of is not None and coverage.until <= kept_as_of:
        raise SourceSilent(coverage.silence, kept_as_of=kept_as_of)
    period = _period(door, seen, coverage, today=today, horizon_days=horizon_days)
    with progress.step("Reading activity", total=None):
        group = door.group(events, period, like=None if reads is None else reads.names)
    return Looked(system_events=systems, silence=coverage.silence, period=period, group=group)


def _period(door: Door, seen: EventDays, coverage: Coverage, *, today: date, horizon_days: int) -> Period:
    observed = coverage.until
    has_usage = bool(seen.all) or coverage.silence is not None
    return Period(
        today=today,
        observed=observed,
        as_of=door.scored_on(observed=observed, has_events=has_usage, today=today),
        recorded_from=first_covered(seen.known),
        horizon_days=horizon_days,
    )

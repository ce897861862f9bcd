"""To which day the sources of a workspace reach, and which of them has gone silent.

A source that sends nothing may have nothing to say, or be broken. Its own pauses so far decide: after a pause that is longer than
they make plausible, what happened since its last record is unknown, and neither usage nor departures are read from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import NormalDist, pstdev

import msgspec

from keepwell.platform.errors import DomainError

_DAYS_OF_YEAR = 366
# Fewer pauses say nothing about the next one.
_FEWEST_PAUSES = 3
# How sure it must be that a pause is none of the usual.
_CONFIDENCE = 0.99
# The smoothing of the bootstrap, of logarithms: Silverman's (1986), but never less, since days are counted whole.
_SILVERMAN = 1.06
_LEAST_BANDWIDTH = 0.25
_BISECTIONS = 50
_DAYS_PER_SKIPPED_ONE = 100


class SourceName(StrEnum):
    """Where records come from: subscriptions, invoices and charges, and events of use."""

    SUBSCRIPTIONS = "subscriptions"
    PAYMENTS = "payments"
    EVENTS = "events"


_WORDS: Mapping[SourceName, str] = {
    SourceName.SUBSCRIPTIONS: "subscriptions",
    SourceName.PAYMENTS: "payments",
    SourceName.EVENTS: "events of use",
}


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The days on which a source has records, ascending; nothing is missing up to `read_on`, if that is known."""

    name: SourceName
    days: Sequence[date]
    read_on: date | None = None

    @property
    def last_on(self) -> date | None:
        """The last day that the source is known to cover; None if nothing is recorded."""
        return max([*self.days[-1:], *([] if self.read_on is None else [self.read_on])], default=None)


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """A source without records since `last_on`, while others go on until `others_on`; it usually pauses `usual_days` at most."""

    source: SourceName
    last_on: date
    others_on: date
    usual_days: int

    @property
    def sentence(self) -> str:
        """What is missing since when, and why that is no ordinary pause."""
        pause = "1 day" if self.usual_days == 1 else f"{self.usual_days} days"
        return (
            f"There are no {_WORDS[self.source]} after {self.last_on}, although other records go on until {self.others_on}; "
            f"so far the longest pause to be expected was {pause}. What happened since is unknown, not quiet."
        )


class SourceSilent(DomainError):
    """A source has gone silent, and no list newer than the existing one can be made from what it sent before."""

    code = "source-silent"

    def __init__(self, silence: Silence, *, kept_as_of: date) -> None:
        hint = "Repair the source and train again"
        if silence.source is not SourceName.SUBSCRIPTIONS:
            hint += f", or leave it out: ./keepwell churn train --without {silence.source}"
        super().__init__(
            f"{silence.sentence} No new list was made; the one as of {kept_as_of} stays.", hint=f"{hint}."
        )
        self.silence = silence


class Coverage(msgspec.Struct, frozen=True):
    """The day after the latest record of any source, and the sources that end before it."""

    observed: date
    silences: Sequence[Silence] = ()

    @property
    def until(self) -> date:
        """The day after the last one that all sources cover: labels and lists end there."""
        return min([self.observed, *(each.last_on + timedelta(days=1) for each in self.silences)])

    @property
    def silence(self) -> Silence | None:
        """The silence that began first; None if all sources go on."""
        return min(self.silences, key=lambda each: each.last_on, default=None)


def coverage_of(sources: Iterable[Source], *, today: date) -> Coverage:
    """How far the records before `today` reach: until `today` itself if nothing is recorded.

    An export is often older than the day it is imported; the time after it is unknown, not quiet.
    """
    listed = list(sources)
    known = [each.last_on for each in listed if each.last_on is not None]
    if not known:
        return Coverage(today)
    last = max(known)
    found = [_silence(each, others_on=last) for each in listed]
    return Coverage(last + timedelta(days=1), [each for each in found if each is not None])


def first_covered(days: Sequence[date]) -> date | None:
    """The day on which recording began: the first percentile of the ascending days with records; None if there are none.

    A clock that was never set dates an event 1970, and a trial run may be months older than the tracker: no account was
    observed from then on. So the days before a year without any are left out as well.
    """
    if not days:
        return None
    starts = [later for earlier, later in pairwise(days) if (later - earlier).days > _DAYS_OF_YEAR]
    recorded = [day for day in days if not starts or day >= starts[-1]]
    return recorded[len(recorded) // _DAYS_PER_SKIPPED_ONE]


def longest_usual_pause(days: Sequence[date]) -> float | None:
    """The pause, in days, that the longest of as many pauses as in the last year before the newest of `days` exceeds once in 100.

    It is the limit of a smoothed bootstrap of those pauses, so it takes no chance. None if there are too few of them.
    """
    recent = [day for day in days if (days[-1] - day).days < _DAYS_OF_YEAR]
    pauses = [(later - earlier).days for earlier, later in pairwise(recent)]
    if len(pauses) < _FEWEST_PAUSES:
        return None
    logs = [math.log(pause) for pause in pauses]
    bandwidth = max(_LEAST_BANDWIDTH, _SILVERMAN * pstdev(logs) * len(logs) ** -0.2)
    kernel = NormalDist(sigma=bandwidth)
    low, high = max(logs), max(logs) + 10 * bandwidth
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        longest_is_shorter = (sum(kernel.cdf(middle - each) for each in logs) / len(logs)) ** len(logs)
        low, high = (middle, high) if longest_is_shorter < _CONFIDENCE else (low, middle)
    return math.exp(high)


def _silence(source: Source, *, others_on: date) -> Silence | None:
    last = source.last_on
    usual = longest_usual_pause(source.days) if source.days else None
    if last is None or usual is None or (others_on - last).days + 1 <= usual:
        return None
    return Silence(source=source.name, last_on=last, others_on=others_on, usual_days=int(usual))

"""Runs: each is one scoring of a workspace's accounts, and makes a save list, or says why there is none. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from keepwell.churn.model import WARNING_CODES, Observation, Reason, Score, rounded_probability
from keepwell.churn.sources.coverage import Silence
from keepwell.platform.errors import Conflict, Unavailable

# At night, soon after an import, by hand, or by a training, which makes a list too.
RunCause = Literal["night", "import", "training", "manual"]
# A list was made; a source had gone silent; there was nothing to score or to train on; no worker ran that night.
RunState = Literal["scored", "silent", "not_scored", "missed"]

# After a longer downtime, only the nights since then are on record as missed.
LONGEST_DOWNTIME = timedelta(days=31)
# In percentage points of the probability: a smaller change since the last moment is no news of an account.
_NEWS = Decimal("0.05")


class Run(msgspec.Struct, frozen=True):
    """One scoring of the accounts, on the `date` of its night or its own day; `statement` says why there is no list.

    `scored_at` is when the records were read, or that there is no list was found. `model_version`, `as_of` and
    `revenue_at_risk`, a month and without accounts left alone, are null without a list; the latter also if the model's label
    knows no money. `accounts` is the number of scores, null if a release that did not count them made the list.
    `judged_at` is when the lists before it, and what can be known of it, had been judged, and after a night its challenger seen to; null
    until then, and without a list.
    """

    number: int
    cause: RunCause
    state: RunState
    statement: str | None
    scored_at: datetime
    model_version: int | None
    as_of: date | None
    date: date
    accounts: int | None
    revenue_at_risk: str | None
    judged_at: datetime | None

    @property
    def is_to_be_judged(self) -> bool:
        """Whether a list was made, and what has to follow was never finished."""
        return self.state == "scored" and self.judged_at is None


class NightIsDone(Conflict):
    """The date has its run at night already."""

    code = "night-is-done"


class ListsBusy(Unavailable):
    """A list, or a model, is being stored, and nothing can change meanwhile."""

    code = "lists-busy"
    worded_for_clients = True


class RunPage(msgspec.Struct, frozen=True):
    """A page of runs, newest first, and the cursor of the next page, if any."""

    items: Sequence[Run]
    next: str | None


class Occasion(NamedTuple):
    """Why a run was made, for which date, and when it read the records."""

    cause: RunCause
    date: date
    read_at: datetime


def occasion_of(cause: RunCause, *, read_at: datetime, night: date | None) -> Occasion:
    """The occasion of a run that read the records then: that of the `night` if one is given, else `cause` on that day."""
    return Occasion(cause, read_at.date(), read_at) if night is None else Occasion("night", night, read_at)


class ScoredList(msgspec.Struct, frozen=True, kw_only=True):
    """A list to keep: the scores of a model, what was seen of their accounts, and a source that ends before the others."""

    model_version: int
    as_of: date
    scores: Sequence[Score]
    observations: Sequence[Observation]
    silence: Silence | None

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs of every score, in their order."""
        return list(self.observations[0].values)


class Shown(NamedTuple):
    """What was last news of an account."""

    probability: float
    kind: str
    is_held: bool
    warnings: Collection[str]


def shown(score: Score, *, is_held: bool) -> Shown:
    """What the score says of its account."""
    return Shown(score.probability, score.kind, is_held, warnings_of(score.reasons))


def warnings_of(reasons: Sequence[Reason]) -> Collection[str]:
    """The codes of those reasons that are a warning by themselves."""
    return {each.code for each in reasons} & set(WARNING_CODES)


def is_news(before: Shown | None, now: Shown) -> bool:
    """Whether a score says something new: the first, another kind or warning, or a chance that moved by five points since the last news."""
    if before is None or (before.kind, before.is_held) != (now.kind, now.is_held):
        return True
    moved = rounded_probability(now.probability) - rounded_probability(before.probability)
    return set(before.warnings) != set(now.warnings) or abs(moved) >= _NEWS


def nights_between(last: date | None, night: date) -> list[date]:
    """The nights after the `last` one that was done and before this, at most 31; none before the first."""
    if last is None:
        return []
    first = max(last + timedelta(days=1), night - LONGEST_DOWNTIME)
    return [first + timedelta(days=number) for number in range((night - first).days)]

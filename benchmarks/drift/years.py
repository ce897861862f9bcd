"""Simulated years in which nothing changes, or something does: who is alarmed, and how soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import fmean, median

import msgspec
import numpy as np

from benchmarks.drift.shop import FIRST_DAY, HORIZON_DAYS, Lived, Night, Year, live, values_of
from keepwell.churn.drift.chance import chance_of
from keepwell.churn.drift.judging import drift_of
from keepwell.churn.drift.model import DAYS_BETWEEN_LOOKS
from keepwell.churn.live.betting import SettledList, after, tolerance_of
from keepwell.churn.live.model import BreakName, Wagers
from keepwell.churn.live.visible import smallest_visible
from keepwell.platform.progress import Progress

_BOUNDS = (0.1, 0.25)
_STANDARD_ERRORS = 2.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in one year: the day on which probabilities were called broken, and by what; the first week with drift, and of what.

    Days count from the first list on. The rules that many tools have are beside it: more than two standard errors in some month, and a PSI
    above .1 or .25 of some input in some week.
    """

    broken_after: int | None
    broken_by: BreakName | None
    drifted_after: int | None
    drifted: Sequence[str]
    by_standard_errors: bool
    by_psi: Sequence[bool]
    visible: float | None


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """The outcomes of many years of one kind."""

    year: Year
    outcomes: Sequence[Outcome]

    @property
    def broken(self) -> float:
        """The share of years in which the probabilities were called broken."""
        return fmean(each.broken_after is not None for each in self.outcomes)

    @property
    def drifted(self) -> float:
        """The share of years in which drift was found."""
        return fmean(each.drifted_after is not None for each in self.outcomes)

    @property
    def days_until_broken(self) -> float | None:
        """The median of the days from the change on, in the years that were called broken."""
        days = [
            each.broken_after - self.year.since for each in self.outcomes if each.broken_after is not None
        ]
        return median(days) if days else None

    @property
    def days_until_drifted(self) -> float | None:
        """The same of drift."""
        days = [
            each.drifted_after - self.year.since for each in self.outcomes if each.drifted_after is not None
        ]
        return median(days) if days else None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """All kinds of years that were tried."""

    tried: Sequence[Tried]


def kinds(accounts: int) -> Sequence[Year]:
    """What is tried of a shop of this size: first nothing, then what a test must find or must not."""
    return [
        Year(accounts=accounts),
        Year(accounts=accounts, history=9),
        Year(accounts=accounts, history=6),
        Year(accounts=accounts, shock=0.1),
        Year(accounts=accounts, change="season"),
        *(Year(accounts=accounts, change="level", by=by) for by in (1.25, 1.5, 2.0, 0.5)),
        Year(accounts=accounts, change="level", by=2.0, since=182),
        Year(accounts=accounts, change="decay"),
        Year(accounts=accounts, change="inputs", by=2.0, since=91),
        Year(accounts=accounts, change="tracker", since=91),
        Year(accounts=accounts, change="unknown", since=91),
    ]


def measure(accounts: int, *, quiet_years: int, changed_years: int, progress: Progress, seed: int) -> Figures:
    """Live through years of each kind; the same seed gives the same figures."""
    years = kinds(accounts)
    tried = []
    for number, year in enumerate(years):
        count = quiet_years if year.change == "none" and not year.shock else changed_years
        name = f"{year.change} ({number + 1} of {len(years)} kinds)"
        with progress.step(name, total=count) as step:
            outcomes = []
            for each in range(count):
                outcomes.append(outcome_of(live(year, seed=seed + each), seed=seed + each))
                step.advance()
        tried.append(Tried(year=year, outcomes=outcomes))
    return Figures(tried=tried)


def outcome_of(lived: Lived, *, seed: int, bets_alone: bool = False) -> Outcome:
    """What the product and the usual rules say of a year that was lived through; with `bets_alone`, nothing of drift and what is visible."""
    judged = [each for each in lived.nights if each.day % HORIZON_DAYS == 0]
    wagers: Wagers | None = None
    for night in judged:
        wagers = after(settled(night, lived), wagers, horizon_days=HORIZON_DAYS)
    assert wagers is not None  # noqa: S101  for mypy: a year has a list
    broken_on = wagers.broken_on
    looks = [] if bets_alone else _looks(lived, seed=seed)
    return Outcome(
        broken_after=None if broken_on is None else (broken_on - FIRST_DAY).days + HORIZON_DAYS,
        broken_by=wagers.broken_by,
        drifted_after=next((day for day, names, _ in looks if names), None),
        drifted=next((names for _, names, _ in looks if names), ()),
        by_standard_errors=any(map(_is_two_errors_off, judged)),
        by_psi=[any(psi > bound for _, _, psi in looks) for bound in _BOUNDS],
        visible=None
        if bets_alone
        else smallest_visible(
            judged[0].chances,
            horizon_days=HORIZON_DAYS,
            tolerance=tolerance_of(lived.departed),
            seed=seed,
        ),
    )


def settled(night: Night, lived: Lived) -> SettledList:
    """The list as it is bet on: nobody works on any account."""
    day: date = FIRST_DAY + timedelta(days=night.day)
    return SettledList(
        as_of=day,
        model_version=1,
        chances=night.chances,
        left=night.left,
        undisturbed=np.ones(len(night.left), dtype=bool),
        tolerance=tolerance_of(lived.departed),
    )


def _looks(lived: Lived, *, seed: int) -> list[tuple[int, Sequence[str], float]]:
    """The days of the looks, what had drifted, and the largest PSI of an input."""
    accounts = len(lived.nights[0].left)
    chance = chance_of(lived.reference, accounts=accounts, seed=seed)
    found = []
    for night in (each for each in lived.nights if each.day % DAYS_BETWEEN_LOOKS == 0):
        judged = drift_of(lived.reference, values_of(night, lived.reference), seed=seed, chance=chance)
        found.append((night.day, judged.drifted, max(each.psi for each in judged.inputs)))
    return found


def _is_two_errors_off(night: Night) -> bool:
    error = float(np.sqrt((night.chances * (1 - night.chances)).sum()))
    return abs(float(night.chances.sum() - night.left.sum())) > _STANDARD_ERRORS * error

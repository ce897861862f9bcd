"""Describes the simulated years."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from benchmarks.drift.shop import Year
from benchmarks.drift.years import Figures, Tried
from benchmarks.report import table
from keepwell.platform.errors import KeepwellError

MOST_FALSE_ALARMS = 1 / 12
_HEADERS = (
    "Accounts, year", "Years", "Called broken", "Days until then", "Drift found", "Days until then", "2 SE in a month", "PSI > .1", "PSI > .25",
)  # fmt: skip


class TooManyFalseAlarms(KeepwellError):
    """More quiet years were called broken, or drifted, than promised."""

    code = "too-many-false-alarms"


def summary(figures: Figures) -> str:
    """The figures for a terminal."""
    return markdown(figures)


def markdown(figures: Figures) -> str:
    """The figures as a part of a report."""
    visible = [_visible(each) for each in figures.tried if _is_quiet(each.year)]
    return "\n\n".join([table(_HEADERS, [_row(each) for each in figures.tried]), "\n".join(visible)])


def check(figures: Figures) -> None:
    """Raise TooManyFalseAlarms unless what is promised of quiet years holds."""
    for each in figures.tried:
        if _is_quiet(each.year) and max(each.broken, each.drifted) > MOST_FALSE_ALARMS:
            raise TooManyFalseAlarms(
                f"{_name(each.year)}: {each.broken:.1%} of quiet years were called broken, {each.drifted:.1%} drifted.",
                hint="Compare keepwell.churn.live.betting and keepwell.churn.drift.chance with the run before.",
            )


def _is_quiet(year: Year) -> bool:
    return year == Year(accounts=year.accounts)


def _row(tried: Tried) -> Sequence[str]:
    outcomes = tried.outcomes
    return [
        _name(tried.year),
        str(len(outcomes)),
        f"{tried.broken:.1%}",
        _days(tried.days_until_broken),
        f"{tried.drifted:.1%}",
        _days(tried.days_until_drifted),
        f"{fmean(each.by_standard_errors for each in outcomes):.0%}",
        *(f"{fmean(each.by_psi[place] for each in outcomes):.0%}" for place in (0, 1)),
    ]


def _name(year: Year) -> str:
    size = f"{year.accounts:,}"
    since = f" from day {year.since} on" if year.since else ""
    match year.change:
        case "none" if year.shock:
            what = f"quiet, but months move all odds by {year.shock:.0%}"
        case "none":
            what = (
                "quiet"
                if year.history == Year(accounts=1).history
                else f"quiet, learnt from {year.history} months"
            )
        case "level":
            what = f"{year.by:g} times the odds"
        case "decay":
            what = "inputs say nothing any more"
        case "season":
            what = "quiet, use has a season"
        case "inputs":
            what = f"accounts have {year.by:g} times the seats"
        case "tracker":
            what = "half of the use is lost"
        case "unknown":
            what = "an input is unknown for half"
    return f"{size}, {what}{since}"


def _visible(tried: Tried) -> str:
    found = [each.visible for each in tried.outcomes if each.visible is not None]
    return (
        f"- {tried.year.accounts:,} accounts: the smallest shift that is found within a year in four cases of five is {fmean(found):.2f} times the "
        "expected departures."
    )


def _days(count: float | None) -> str:
    return "" if count is None else f"{count:.0f}"

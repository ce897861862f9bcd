"""How many cases are opened, and what could ever be seen with so many. Pure; docs/outcomes.md has the formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from statistics import fmean
from typing import NamedTuple

from keepwell.churn.cases.episodes.enrolment import why_no_cases
from keepwell.churn.outcomes.model import (
    BaseFrom,
    CaseFigures,
    Enrolling,
    Enrolment,
    NewestList,
    VisibleEffect,
)
from keepwell.platform.effects.service import smallest_visible

_DAYS_A_MONTH = 365 / 12
_RECENT_DAYS = 365
# Fewer cases say too little of how many leave.
_FEWEST_FOR_A_RATE = 20
_OFFERED_SHARES = (0.1, 0.2, 0.5)
_OFFERED_MONTHS = (12, 24)


class Setting(NamedTuple):
    """What the workspace settles: its currency, what a contact costs, if anybody has said, and the share left alone now."""

    currency: str
    contact_cost: Decimal | None
    held_share: float


def enrolment_of(
    cases: Sequence[CaseFigures], setting: Setting, *, newest: NewestList | None, today: date
) -> Enrolment:
    """How many cases are opened a month as of `today`, and what can be seen with so many; the cases are in the order of their opening."""
    recent = [each for each in cases if (today - each.opened_on).days < _RECENT_DAYS]
    months = max(1.0, (today - recent[0].opened_on).days / _DAYS_A_MONTH) if recent else 1.0
    a_month = len(recent) / months if recent else None
    rate, source = _base_rate(cases)
    shares = sorted({*_OFFERED_SHARES, *([setting.held_share] if setting.held_share else [])})
    return Enrolment(
        state=_enrolling(newest),
        a_month=a_month,
        since=recent[0].opened_on if recent else None,
        base_rate=rate,
        base_from=source,
        held_share=setting.held_share,
        visible=[]
        if a_month is None or rate is None
        else [
            _visible(share, months, a_month=a_month, rate=rate)
            for months in _OFFERED_MONTHS
            for share in shares
        ],
    )


def _visible(share: float, months: int, *, a_month: float, rate: float) -> VisibleEffect:
    return VisibleEffect(
        held_share=share,
        months=months,
        fewest=smallest_visible(rate, enrolled=months * a_month, held_share=share),
        left_alone_a_month=share * a_month,
    )


def _base_rate(cases: Sequence[CaseFigures]) -> tuple[float, BaseFrom] | tuple[None, None]:
    known = [each for each in cases if each.mrr_lost is not None]
    held = [each for each in known if each.arm == "hold"]
    choices: Mapping[BaseFrom, Sequence[CaseFigures]] = {"left_alone": held, "all_cases": known}
    for source, chosen in choices.items():
        if len(chosen) >= _FEWEST_FOR_A_RATE:
            return fmean(each.outcome == "left" for each in chosen), source
    expected = mean_probability(cases)
    return (None, None) if expected is None else (expected, "lists")


def _enrolling(newest: NewestList | None) -> Enrolling:
    if newest is None:
        return "no_list"
    made_on = newest.made_at.astimezone(UTC).date()
    return why_no_cases(newest.label, ends_on=newest.horizon_ends_on, made_on=made_on) or "yes"


def mean_probability(cases: Iterable[CaseFigures]) -> float | None:
    """The mean of what lists expected of the cases; None if no list expected anything."""
    found = [each.probability for each in cases if each.probability is not None]
    return fmean(found) if found else None

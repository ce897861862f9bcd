"""The sentences that say on the command line what outcomes say; the dashboard has its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from keepwell.churn.outcomes.model import (
    ArmFigures,
    BaseFrom,
    Bounds,
    Enrolling,
    Enrolment,
    Experiment,
    Outcomes,
    Saved,
    Verdict,
    VisibleEffect,
)
from keepwell.platform.cli.counts import a_month, counted
from keepwell.platform.values.percentages import percent

_VERDICTS: Mapping[Verdict, str] = {
    "no_holdout": "Nobody was left alone, so nothing can be compared: ./keepwell workspace holdout follow_up 0.5",
    "mismatch": "The split of the accounts is no chance: cases are missing from an arm, so nothing is concluded.",
    "fewer_left": "Following up works: fewer left, by an interval that may be looked at every month.",
    "more_left": "Following up does harm: more left, by an interval that may be looked at every month.",
    "not_sure": "Not enough yet to say that following up changes anything.",
}
_ENROLLING: Mapping[Enrolling, str] = {
    "yes": "",
    "no_list": "There is no save list yet, so no case is opened: ./keepwell churn train",
    "inactivity": "The newest list is about inactivity, and such a list opens no case: a case ends by what an account pays.",
    "old_list": "The newest list was about days that were over, so it opened no case.",
}
_BASE: Mapping[BaseFrom, str] = {
    "left_alone": "of those left alone",
    "all_cases": "of all cases",
    "lists": "of them, as the lists expected,",
}


def lines(found: Outcomes) -> Iterator[str]:
    """Everything but the months, as lines."""
    yield found.rule
    yield f"{counted(found.cases, 'case')}, {found.open:,} of them open."
    yield f"{counted(found.contacts, 'contact')} with accounts to follow up, {found.crossovers:,} with accounts left alone."
    if _ENROLLING[found.enrolment.state]:
        yield _ENROLLING[found.enrolment.state]
    for each in found.experiments:
        yield ""
        yield from _experiment(each, currency=found.currency)
    if found.enrolment.visible:
        yield ""
        yield from _enrolment(found.enrolment)


def days_text(first: date, last: date) -> str:
    """A period of days, which may be one."""
    return f"on {first}" if first == last else f"from {first} to {last}"


def share_text(share: float | None) -> str:
    """A share left alone, in words."""
    return "an unknown share" if share is None else percent(share)


def _experiment(found: Experiment, *, currency: str) -> Iterator[str]:
    yield f"With {share_text(found.held_share)} left alone, opened {days_text(found.opened_from, found.opened_to)}, {found.open:,} open:"
    yield f"  followed up {_arm(found.acted)}"
    yield f"  left alone  {_arm(found.held)}"
    if found.stayed is not None and found.always_valid is not None:
        yield f"  {_points(found.always_valid)}, looked at every month, which gives the verdict"
        yield f"  {_points(found.stayed)}, looked at once"
    yield from _saved(found.saved, currency=currency)
    if found.unknown:
        yield f"  Of {counted(found.unknown, 'case')} that {'has' if found.unknown == 1 else 'have'} ended the records do not say how."
    yield f"  {_VERDICTS[found.verdict]}"


def _saved(found: Saved, *, currency: str) -> Iterator[str]:
    """Nothing while it could as well be nothing."""
    if not found.is_shown or found.mrr is None:
        return
    mrr, net = found.mrr, found.net
    yield f"  MRR saved {mrr.amount} {currency} for one month, 95 % interval, looked at every month, {mrr.amount_low} to {mrr.amount_high}"
    if net is not None:
        yield f"  net {net.amount} {currency}, less {found.cost} for the contacts, {net.amount_low} to {net.amount_high}"


def _arm(arm: ArmFigures) -> str:
    share = f", {percent(arm.left / arm.cases, places=1)}" if arm.cases else ""
    return f"{arm.left:,} of {arm.cases:,} left{share}; {counted(arm.contacts, 'contact')}"


def _points(found: Bounds) -> str:
    fewer = _fewer(found.value).replace(" ", " points ")
    return f"{fewer if ' ' in fewer else 'As many'} left, 95 % interval {_span(found)}"


def _span(found: Bounds) -> str:
    return f"{_fewer(found.low)} to {_fewer(found.high)}"


def _fewer(difference: float) -> str:
    """In words, since a sign would mean another thing to whoever thinks of leaving than to whoever thinks of staying."""
    size = f"{abs(difference) * 100:.1f}"
    return size if size == "0.0" else f"{size} {'fewer' if difference > 0 else 'more'}"


def _enrolment(found: Enrolment) -> Iterator[str]:
    source = "of them" if found.base_from is None else _BASE[found.base_from]
    yield f"{a_month(found.a_month or 0, 'case').capitalize()}; {percent(found.base_rate or 0)} {source} leave. Somebody who looks once would see at best:"
    yield from (_visible(each) for each in found.visible)


def _visible(found: VisibleEffect) -> str:
    effect = "nothing, however large" if found.fewest is None else f"effects above {percent(found.fewest)}"
    return f"  after {found.months} months with {percent(found.held_share)} left alone, {a_month(found.left_alone_a_month, 'account')}: {effect}"

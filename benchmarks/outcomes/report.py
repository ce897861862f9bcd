"""The figures of outcomes, as Markdown and as terminal output, and what was promised of them."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.outcomes.measure import Claimed, Covered, OutcomeFigures
from benchmarks.report import seconds, table
from keepwell.platform.errors import KeepwellError

_COVERED = (0.91, 0.99)
_MOST_CLAIMED = 0.05


class PromiseBroken(KeepwellError):
    """Intervals contain the planted effect too rarely, or effects are claimed that are not there."""

    code = "promise-broken"


def summary(figures: OutcomeFigures) -> str:
    """A line for each size and each share."""
    lines = [
        f"{each.accounts:,} accounts, {each.cases:.0f} cases: {each.once:.1%} of intervals contain {_points(each.truth)}, "
        f"{each.always_valid:.1%} of those for every month; concluded in {each.fewer_left} of {each.runs}"
        for each in figures.covered
    ]
    lines += [
        f"{each.accounts:,} accounts without an effect, {each.held_share:.0%} held: {each.claimed} of {each.runs} claim one at any "
        f"of 24 looks, {each.claimed_by_one_look} by the interval for one look"
        for each in figures.claimed
    ]
    return "\n".join([*lines, f"{seconds(figures.seconds)}", *broken(figures)])


def markdown(figures: OutcomeFigures) -> str:
    """The report's section."""
    covered = table(
        [
            "Accounts", "Runs", "Cases", "Planted, points", "By regression", "Interval for one look contains it",
            "Interval for every month", "Concluded that fewer left", "That more left",
        ],
        [_covered_row(each) for each in figures.covered],
    )  # fmt: skip
    money = table(
        ["Accounts", "Runs with an interval", "Planted, MRR a case", "Interval for one look contains it"],
        [_money_row(each) for each in figures.covered],
    )
    claimed = table(
        [
            "Accounts",
            "Runs",
            "Left alone",
            "Cases",
            "Claim an effect at any look",
            "By the interval for one look",
        ],
        [_claimed_row(each) for each in figures.claimed],
    )
    return "\n\n".join(
        [
            "With the planted effect, each account's first case, half left alone:",
            covered,
            "The same of money, in the accounts' own currencies:",
            money,
            "Without any effect, all cases, looked at in each of 24 months:",
            claimed,
            f"The simulation took {seconds(figures.seconds)}.",
        ]
    )


def check(figures: OutcomeFigures) -> None:
    """Raise PromiseBroken if something that was promised does not hold."""
    found = list(broken(figures))
    if found:
        raise PromiseBroken(" ".join(found), hint="Compare with the figures in docs/operations/outcomes.md.")


def broken(figures: OutcomeFigures) -> Iterator[str]:
    """A sentence for each promise that does not hold."""
    low, high = _COVERED
    for each in figures.covered:
        if not low <= each.once <= high:
            yield f"{each.once:.1%} of the intervals of {each.accounts:,} accounts contain the planted effect, promised {low:.0%} to {high:.0%}."
    for claim in figures.claimed:
        if claim.claimed > _MOST_CLAIMED * claim.runs:
            yield f"{claim.claimed} of {claim.runs} businesses of {claim.accounts:,} accounts claim an effect that is not there."


def _points(share: float) -> str:
    return f"{share * 100:+.1f}"


def _covered_row(each: Covered) -> list[str]:
    return [
        f"{each.accounts:,}",
        f"{each.runs}",
        f"{each.cases:.0f}",
        _points(each.truth),
        f"{each.by_regression:.0%}",
        f"{each.once:.1%}",
        f"{each.always_valid:.1%}",
        f"{each.fewer_left}",
        f"{each.more_left}",
    ]


def _money_row(each: Covered) -> list[str]:
    covered = "none" if each.money_once is None else f"{each.money_once:.1%}"
    return [f"{each.accounts:,}", f"{each.money_runs}", f"{each.money_truth:.2f}", covered]


def _claimed_row(each: Claimed) -> list[str]:
    return [
        f"{each.accounts:,}",
        f"{each.runs}",
        f"{each.held_share:.0%}",
        f"{each.cases:.0f}",
        f"{each.claimed}",
        f"{each.claimed_by_one_look}",
    ]

"""The bench of outcomes: twins differ only where somebody was contacted, and what was promised is checked."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.outcomes.measure import Claimed, Covered, OutcomeFigures, measure
from benchmarks.outcomes.pool import UNTIL, lives_of
from benchmarks.outcomes.report import PromiseBroken, check, markdown, summary
from keepwell.platform.progress import SilentProgress


def test_twins_differ_only_where_somebody_was_contacted() -> None:
    lives = list(lives_of(5, accounts=24))
    held = [case for life in lives for case in life.cases[:1] if case.arm == "hold"]
    assert held
    assert [case.found for case in held] == [case.without for case in held]
    assert not any(case.contacts for case in held)
    # In the world without contacts an arm means nothing: the outcome is that of the same day in the same world.
    cases = [case for life in lives for case in life.without]
    assert len({case.found.outcome for case in cases}) >= 2
    assert all(case.found == case.without for case in cases)
    assert all(case.ends_on < UNTIL for case in cases)


def test_a_few_small_businesses_are_measured_and_nothing_is_claimed_of_so_few() -> None:
    figures = measure(runs=2, accounts=12, progress=SilentProgress())
    assert [each.accounts for each in figures.covered] == [12, 24]
    assert {each.runs for each in figures.covered} == {2}
    # Contacts keep accounts, and what they keep is money.
    assert all(each.truth >= 0 for each in figures.covered)
    assert all(0 <= each.once <= each.always_valid <= 1 for each in figures.covered)
    assert [(each.accounts, each.held_share, each.claimed) for each in figures.claimed] == [
        (12, 0.5, 0),
        (12, 0.2, 0),
        (24, 0.5, 0),
        (24, 0.2, 0),
    ]
    assert "| 12 | 2 |" in markdown(figures)


COVERED = Covered(
    accounts=100,
    runs=200,
    cases=60,
    truth=0.11,
    by_regression=1,
    once=0.95,
    always_valid=0.99,
    money_truth=12,
    money_runs=200,
    money_once=0.95,
    fewer_left=20,
    more_left=0,
)
CLAIMED = Claimed(accounts=100, runs=200, held_share=0.5, cases=90, claimed=10, claimed_by_one_look=50)


def figures_of(covered: Covered = COVERED, claimed: Claimed = CLAIMED) -> OutcomeFigures:
    return OutcomeFigures(covered=[covered], claimed=[claimed], seconds=1)


@pytest.mark.parametrize(
    ("figures", "named"),
    [
        (figures_of(covered=msgspec.structs.replace(COVERED, once=0.905)), "90.5% of the intervals"),
        (figures_of(covered=msgspec.structs.replace(COVERED, once=1.0)), "100.0% of the intervals"),
        (figures_of(claimed=msgspec.structs.replace(CLAIMED, claimed=11)), "11 of 200 businesses"),
    ],
    ids=["too-narrow", "too-wide", "claims"],
)
def test_a_broken_promise_is_named(figures: OutcomeFigures, named: str) -> None:
    with pytest.raises(PromiseBroken, match=named):
        check(figures)
    assert named in summary(figures)


def test_what_holds_is_only_summed_up() -> None:
    check(figures_of())
    assert "promised" not in summary(figures_of())

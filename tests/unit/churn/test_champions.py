"""When a challenger is due, and what decides between it and the champion: simulated years with and without a better model."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import numpy as np
import pytest

from keepwell.churn.champions.comparing import Pairs, compare
from keepwell.churn.champions.model import Challenges, challenger_is_due, comparison_sentence

TODAY = date(2026, 6, 1)
LISTS, ACCOUNTS = 12, 200


class Broken(msgspec.Struct, frozen=True):
    """A verdict that the probabilities do not hold."""

    broken_on: date | None = TODAY - timedelta(days=1)
    needs_challenger: bool = True


@pytest.mark.parametrize(
    ("verdict", "so_far", "is_due"),
    [
        (Broken(), Challenges(), True),
        (None, Challenges(), False),
        (Broken(broken_on=None, needs_challenger=False), Challenges(), False),
        (Broken(), Challenges(waiting=2), False),
        # Once a break; a later one is another, unless the newest challenger is younger than a horizon.
        (Broken(), Challenges(broken_on=TODAY - timedelta(days=1)), False),
        (Broken(), Challenges(broken_on=TODAY - timedelta(days=90)), True),
        (Broken(), Challenges(trained_on=TODAY - timedelta(days=29)), False),
        (Broken(), Challenges(trained_on=TODAY - timedelta(days=30)), True),
    ],
)
def test_a_challenger_is_due_once_a_break_and_not_twice_within_a_horizon(
    verdict: Broken | None, so_far: Challenges, *, is_due: bool
) -> None:
    assert challenger_is_due(verdict, so_far, horizon_days=30, today=TODAY) is is_due


class Year(msgspec.Struct, frozen=True):
    """Twelve monthly lists of the same accounts: the log-odds that are true, and who left."""

    truth: np.ndarray
    left: np.ndarray

    @property
    def surprise(self) -> float:
        """How far the departures are from the expected ones, in standard deviations."""
        chances = _chance(self.truth)
        return float(abs(self.left.sum() - chances.sum()) / np.sqrt((chances * (1 - chances)).sum()))


def _chance(odds: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1 / (1 + np.exp(-odds))
    return chances


def year(random: np.random.Generator) -> Year:
    truth = -3 + random.normal(size=(1, ACCOUNTS)) + 0.3 * random.normal(size=(LISTS, ACCOUNTS))
    return Year(truth, random.random(truth.shape) < _chance(truth))


def noisy(odds: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A model that has learnt the truth as well as a few departures allow: one error for all accounts, one for each."""
    return odds + 0.1 * random.normal() + 0.2 * random.normal(size=(1, ACCOUNTS))


def learnt_as_it_goes(odds: np.ndarray, left: np.ndarray) -> np.ndarray:
    """The same model, which before each list takes the share that left so far for news: what a retraining after a chance break learns."""
    shifts = [0.0]
    for number in range(1, LISTS):
        seen, told = left[:number].sum() + 20, _chance(odds[:number]).sum() + 20
        shifts.append(float(np.log(seen / told)))
    shifted: np.ndarray = odds + np.array(shifts)[:, None]
    return shifted


def pairs(champion: np.ndarray, challenger: np.ndarray, left: np.ndarray) -> Pairs:
    days, accounts = np.indices(left.shape)
    return Pairs(
        champion=_chance(champion).ravel(),
        challenger=_chance(challenger).ravel(),
        labels=left.ravel().astype(np.int64),
        accounts=accounts.ravel(),
        days=days.ravel(),
    )


def test_a_challenger_that_knows_a_changed_pattern_wins_and_the_sentence_says_by_how_much() -> None:
    random = np.random.default_rng(1)
    wins = 0
    for _ in range(40):
        found = year(random)
        changed = noisy(-6 - found.truth, random)
        compared = compare(pairs(changed, noisy(found.truth, random), found.left), champion=1, by="shadow")
        wins += compared.is_won
    assert wins == 40
    sentence = comparison_sentence(compared, challenger=2)
    assert sentence.startswith("Model 2 won against model 1: its log loss was lower by ")
    assert (
        f"on 200 accounts and 12 days, after {compared.departed} of whose 2,400 scores the account left."
        in sentence
    )


def test_a_model_against_itself_is_a_tie_and_a_tie_is_no_win() -> None:
    found = year(np.random.default_rng(2))
    compared = compare(pairs(found.truth, found.truth, found.left), champion=1, by="held_out")
    assert (compared.gain.value, compared.is_won) == (0.0, False)
    assert comparison_sentence(compared, challenger=2).startswith(
        "Model 2 and model 1 are tied, so that model 1 stays"
    )


def test_models_of_the_same_quality_are_hardly_ever_swapped_even_in_years_that_break_by_chance() -> None:
    """Of 480 quiet years the twelfth that surprises most has a break; that is as often as a verdict may break one."""
    random = np.random.default_rng(3)
    years = sorted((year(random) for _ in range(480)), key=lambda each: -each.surprise)
    swaps = 0
    for each in years[: len(years) // 12]:
        champion = noisy(each.truth, random)
        swaps += compare(
            pairs(champion, learnt_as_it_goes(champion, each.left), each.left), champion=1, by="held_out"
        ).is_won
    assert swaps <= 8, f"{swaps} swaps in {len(years)} quiet years"
    others = years[::4]
    equals = sum(
        compare(
            pairs(noisy(each.truth, random), noisy(each.truth, random), each.left), champion=1, by="shadow"
        ).is_won
        for each in others
    )
    # One of forty by the interval's lower end, and a few more because one of two equal models has had more luck in learning.
    assert equals <= len(others) / 10

"""The test of the chances on a later period, and the statement about it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from keepwell.churn.survival.model import HorizonTest, SurvivalTest
from keepwell.churn.survival.statement import statement
from keepwell.churn.survival.testing import survival_test
from tests.unit.churn.survival.simulated import HONEST, UNTIL, simulated


@pytest.fixture(scope="module")
def tested() -> SurvivalTest:
    return survival_test(simulated(500, seed=5), until=UNTIL, seed=1)


def test_true_hazards_are_ranked_and_expected_within_chance(tested: SurvivalTest) -> None:
    assert tested.concordance is not None
    assert tested.concordance > 0.55
    for each in tested.horizons:
        assert each.expected_low is not None
        assert each.expected_high is not None
        assert each.expected_low <= each.left <= each.expected_high


def test_longer_horizons_have_fewer_landmarks_and_more_departures_each(tested: SurvivalTest) -> None:
    snapshots = [each.snapshots for each in tested.horizons]
    shares = [each.left / each.snapshots for each in tested.horizons]
    assert snapshots == sorted(snapshots, reverse=True)
    assert shares == sorted(shares)


def test_a_hazard_that_halves_later_is_seen_as_expecting_too_many() -> None:
    spells = simulated(500)
    later = spells.landmarks >= np.median(spells.landmarks)
    # Of those who would leave in the later half, two of three stay.
    stays = later & spells.left & (spells.accounts % 3 > 0)
    until = UNTIL.toordinal()
    changed = msgspec.structs.replace(
        spells,
        left=spells.left & ~stays,
        observed=np.where(stays, until - spells.landmarks, spells.observed),
    )
    first = survival_test(changed, until=UNTIL, seed=1).horizons[0]
    assert first.expected_low is not None
    assert first.expected_low > first.left


def test_with_hardly_any_departure_nothing_is_tested() -> None:
    spells = simulated(300)
    few = spells.where(~spells.left | (spells.accounts < 12))
    found = survival_test(few, until=UNTIL, seed=1)
    assert found.concordance is None
    assert all(each.expected is None for each in found.horizons)
    text = statement(found, observed_days=330, seen=HONEST)
    assert text.startswith("It was not tested: too few accounts had left before")
    assert "Within 30 days: not tested" in text


def test_the_statement_says_how_many_were_expected_and_what_is_unknown() -> None:
    seen = HorizonTest(
        days=30,
        snapshots=1000,
        left=40,
        expected=60.2,
        expected_low=45.0,
        expected_high=80.0,
        auc=0.7,
        auc_low=0.6,
        auc_high=0.8,
        gain_low=-0.1,
        gain_high=0.1,
    )
    text = statement(
        SurvivalTest(since=UNTIL, concordance=0.66, horizons=[seen]), observed_days=540, seen=HONEST
    )
    assert (
        "Within 30 days it expected 60 of 1,000 to leave, and 40 did, more than chance explains: it expects too many; it ranked "
        "70 of 100 pairs right, and its chances are not shown to be better than one chance for everybody."
        in text
    )
    assert "Beyond 540 days nothing was observed" in text


def test_chances_made_of_the_label_itself_are_not_praised(tested: SurvivalTest) -> None:
    suspect = msgspec.structs.replace(HONEST, probable_labels=["recency_days"])
    text = statement(tested, observed_days=540, seen=suspect)
    assert text.startswith("The test proves nothing. One input alone puts at least 95 of 100 pairs")
    assert "pairs right" not in text
    assert "Beyond 540 days nothing was observed" in text

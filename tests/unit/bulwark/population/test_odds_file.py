"""The odds that do not change: every shipped version is what its own matches give, and is read completely or rejected."""

from __future__ import annotations

import json

import pytest

from bulwark.bots.population.odds import fit
from bulwark.bots.population.odds_file import (
    NEWEST,
    OddsError,
    encode_odds,
    fitted,
    read_odds,
    shipped_odds,
)
from tests.unit.bulwark.population.building import MAPS, record

VERSIONS = range(1, NEWEST + 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_shipped_version_is_the_fit_of_the_matches_in_it(version: int) -> None:
    shipped = shipped_odds(version)
    assert (shipped.version, len(shipped.trials)) == (version, 400)
    again = fit(shipped.trials, maps=shipped.maps)
    assert again.slope == pytest.approx(shipped.odds.slope, abs=1e-9)
    assert again.offsets == pytest.approx(shipped.odds.offsets, abs=1e-9)


def test_the_next_version_survives_a_round_trip() -> None:
    records = [record(seed=seed, won=seed % 2 == 0, skill=seed / 10) for seed in range(20)]
    versioned = fitted(records, maps=MAPS, version=NEWEST + 1)
    assert read_odds(encode_odds(versioned), name="next.json") == versioned
    assert versioned.lengths == {(MAPS[0], True): 300, (MAPS[0], False): 300}


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1}', "{", '{"trials": [1]}'])
def test_a_damaged_file_is_named(text: str) -> None:
    with pytest.raises(OddsError, match=r"some\.json"):
        read_odds(text, name="some.json")


def test_a_file_that_lacks_a_match_length_is_named() -> None:
    text = json.loads(encode_odds(fitted([record()], maps=MAPS, version=1)))
    text["lengths"] = [["meadow", True]]
    with pytest.raises(OddsError, match=r"some\.json"):
        read_odds(json.dumps(text), name="some.json")


def test_a_version_that_is_missing_is_named() -> None:
    with pytest.raises(OddsError, match="Version 99"):
        shipped_odds(99)

"""The matches that come with the game: of this very core and these very maps, and each can be played again."""

from __future__ import annotations

import pytest

from bulwark.assets import built
from bulwark.bots.population.levels import difficulty, map_number
from bulwark.bots.population.logistic import sigmoid
from bulwark.bots.population.odds import fit
from bulwark.bots.population.recording import Setting, record
from bulwark.bots.population.records import Record, shipped_records, valid
from bulwark.sim.match import CORE_VERSION

RECORDS = shipped_records()
MADE_ANEW = (
    "a match goes another way than when it was recorded: docs/players.md says how records are made anew"
)
# Short ones, on a map each.
REPLAYED = [
    min((each for each in RECORDS if each.map == name), key=lambda each: each.ticks)
    for name in sorted({each.map for each in RECORDS})
]


def test_every_record_counts_today_and_each_map_has_many() -> None:
    maps = built.maps()
    digests = {each.id: each.digest for each in maps}
    assert valid(RECORDS, digests=digests, core=CORE_VERSION) == RECORDS, MADE_ANEW
    for number, each in enumerate(maps):
        own = [found for found in RECORDS if found.map == each.id]
        assert len(own) >= 30
        assert {map_number(found.level, maps=len(maps)) for found in own} == {number}


@pytest.mark.parametrize("shipped", REPLAYED, ids=lambda shipped: shipped.map)
def test_a_record_that_is_played_again_is_the_same(shipped: Record) -> None:
    (played,) = [each for each in built.maps() if each.id == shipped.map]
    again = record(Setting(shipped.level, shipped.skill, shipped.ease, shipped.seed, played))
    assert again == shipped, MADE_ANEW


def test_the_better_player_wins_more_often_by_about_the_model() -> None:
    odds = fit((each.trial for each in RECORDS), maps=[each.id for each in built.maps()])
    assert odds.trials == len(RECORDS)
    assert 0.7 < odds.slope < 2.0
    assert all(abs(offset) < 3 for offset in odds.offsets.values())


def test_no_match_stands_there_twice() -> None:
    assert len({(each.map, each.seed) for each in RECORDS}) == len(RECORDS)


def test_matches_are_such_as_a_population_plays() -> None:
    assert sum(each.level <= 15 for each in RECORDS) > 100
    assert any(each.ease for each in RECORDS)
    chances = [sigmoid(each.skill - difficulty(each.level) + each.ease) for each in RECORDS]
    assert 0.3 < sum(chances) / len(chances) < 0.9

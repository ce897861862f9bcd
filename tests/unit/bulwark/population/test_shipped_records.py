"""The shipped match records: they fit this core and these maps, and each can be replayed."""

from __future__ import annotations

import pytest

from bulwark.assets import built
from bulwark.bots.population.bot_matches import MatchSetup, play_setup
from bulwark.bots.population.levels import difficulty, map_number
from bulwark.bots.population.logistic import sigmoid
from bulwark.bots.population.odds import fit
from bulwark.bots.population.records import Record, shipped_records, still_valid
from bulwark.sim.match import CORE_VERSION

RECORDS = shipped_records()
OUTDATED = "a match no longer comes out as recorded: docs/players.md says how to regenerate the records"
# The shortest record of each map.
REPLAYED = [
    min((each for each in RECORDS if each.map == name), key=lambda each: each.ticks)
    for name in sorted({each.map for each in RECORDS})
]


def test_every_record_is_valid_and_each_map_has_many() -> None:
    maps = built.maps()
    digests = {each.id: each.digest for each in maps}
    assert still_valid(RECORDS, digests=digests, core=CORE_VERSION) == RECORDS, OUTDATED
    for number, each in enumerate(maps):
        own = [record for record in RECORDS if record.map == each.id]
        assert len(own) >= 30
        assert {map_number(record.level, maps=len(maps)) for record in own} == {number}


@pytest.mark.parametrize("shipped", REPLAYED, ids=lambda shipped: shipped.map)
def test_a_replayed_record_comes_out_the_same(shipped: Record) -> None:
    (game_map,) = [each for each in built.maps() if each.id == shipped.map]
    replayed = play_setup(MatchSetup(shipped.level, shipped.skill, shipped.ease, shipped.seed, game_map))
    assert replayed == shipped, OUTDATED


def test_win_odds_follow_skill_about_as_the_model_says() -> None:
    odds = fit((each.trial for each in RECORDS), maps=[each.id for each in built.maps()])
    assert odds.trials == len(RECORDS)
    assert 0.7 < odds.slope < 2.0
    assert all(abs(offset) < 3 for offset in odds.offsets.values())


def test_no_match_appears_twice() -> None:
    assert len({(each.map, each.seed) for each in RECORDS}) == len(RECORDS)


def test_records_resemble_the_matches_of_a_population() -> None:
    assert sum(each.level <= 15 for each in RECORDS) > 100
    assert any(each.ease for each in RECORDS)
    chances = [sigmoid(each.skill - difficulty(each.level) + each.ease) for each in RECORDS]
    assert 0.3 < sum(chances) / len(chances) < 0.9

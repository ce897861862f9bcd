"""What a bot does at a match; how often it wins is a matter of the balance, which has a test of its own."""

from __future__ import annotations

from statistics import fmean

import pytest
from tests.unit.bulwark.fields import defended, field, run

from bulwark.bots.deciding import Decider
from bulwark.bots.moments import Diary, Moment, TowerBuilt, TowerSold, TowerUpgraded, WaveCleared
from bulwark.bots.player import PlayedMatch, eased_hp_percent, play
from bulwark.bots.scouting import Scout
from bulwark.compiled import compiled
from bulwark.sim.commands import Build, Sell
from bulwark.sim.engine import INTERPRETED
from bulwark.sim.flow_field import heading
from bulwark.sim.layout import score
from bulwark.sim.match import Match

BOLT = 0
GENTLE = [[["runner", 4, 30, 0, 0]], [["swarm", 6, 15, 0, 0]], [["runner", 8, 20, 0, 0]]]
# What nobody stops: a match on it always ends in a loss.
FLOOD = [[["boss", 20, 5, 0, 0]]]


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def decider(match: Match, *, skill: float) -> Decider:
    return Decider(match, seed=1, skill=skill, kinds=range(6), engine=INTERPRETED)


def play_gentle(skill: float = 0.9, *, seed: int = 3) -> PlayedMatch:
    return play(field(waves=GENTLE, gold=300), seed=seed, skill=skill)


@pytest.mark.parametrize("skill", [0.1, 0.9])
def test_a_bot_plays_the_same_match_interpreted_and_compiled(skill: float) -> None:
    interpreted = play(field(), seed=5, skill=skill)
    assert interpreted.moments
    assert interpreted == play(field(), seed=5, skill=skill, engine=compiled())


def test_another_seed_is_another_match() -> None:
    assert play_gentle(seed=3).state_hash != play_gentle(seed=4).state_hash


def test_deciding_changes_nothing_of_the_match() -> None:
    match = run(defended(), 200)
    match.world.score[score.GOLD] = 500
    before = match.state_hash()
    asked = decider(match, skill=0.9)
    assert sum(asked.decide() is not None for _ in range(20)) > 0
    assert match.state_hash() == before


def test_the_moments_of_a_won_match_tell_each_tower_and_each_wave_in_their_order() -> None:
    told: list[Moment] = []
    went = play(field(waves=GENTLE, gold=300), seed=3, skill=0.9, tell=told.append)
    assert went.won
    assert told == list(went.moments)
    assert [moment.tick for moment in told] == sorted(moment.tick for moment in told)
    waves = [moment for moment in told if isinstance(moment, WaveCleared)]
    assert [moment.wave for moment in waves] == [1, 2, 3]
    assert all(0 < moment.ticks < moment.tick for moment in waves)
    assert went.towers_built == sum(isinstance(moment, TowerBuilt) for moment in told) > 0
    assert went.upgrades == sum(isinstance(moment, TowerUpgraded) for moment in told)
    assert went.waves_cleared == went.waves == len(waves)


def test_a_match_that_nobody_could_hold_is_lost_without_a_wave_cleared() -> None:
    went = play(field(waves=FLOOD, gold=100), seed=3, skill=0.9)
    assert (went.won, went.waves_cleared, went.lives_left) == (False, 0, 0)


def test_a_bot_builds_only_the_kinds_it_is_given() -> None:
    went = play(field(waves=GENTLE), seed=3, skill=0.5, kinds=[1, 3])
    assert {moment.kind for moment in went.moments if isinstance(moment, TowerBuilt)} == {1, 3}


def way_after(skill: float, *, seed: int) -> int:
    """How many cells walkers cross when a bot that has bolts alone is done."""
    game_map = field()
    scout = Scout(game_map, engine=INTERPRETED)
    for moment in play(game_map, seed=seed, skill=skill, kinds=[BOLT], engine=compiled()).moments:
        if isinstance(moment, TowerBuilt):
            scout.close(game_map.cell(moment.column, moment.row), blocked=True)
    return len(scout.ways()[0])


def test_skilled_bots_make_the_way_longer_than_poor_ones_do() -> None:
    poor, skilled = (fmean(way_after(skill, seed=seed) for seed in range(8)) for skill in (0.1, 0.95))
    assert skilled > poor + 1


def test_a_tower_that_reaches_nothing_is_sold_again() -> None:
    match = Match.begin(field(["." * 14] * 21), seed=1)
    assert match.step([Build(BOLT, 3, 0), Build(BOLT, 5, 9)]) == []
    match.world.score[score.GOLD] = 0
    asked = decider(match, skill=1.0)
    match.world.score[score.GOLD] = 1000
    asked._buy()
    sold = {command.uid for command in (asked._tend() for _ in range(200)) if isinstance(command, Sell)}
    assert sold == {1}


def test_a_command_that_is_refused_is_not_a_moment() -> None:
    diary = Diary(Match.begin(field(gold=30), seed=1))
    assert diary.step(Build(BOLT, 3, 3))
    assert not diary.step(Build(BOLT, 3, 3))
    assert diary.step(Sell(1))
    assert not diary.step(Sell(1))
    assert [type(moment) for moment in diary.moments] == [TowerBuilt, TowerSold]


def test_what_is_eased_has_fewer_hit_points_and_what_is_the_reverse_has_more() -> None:
    percents = [eased_hp_percent(ease) for ease in (-9.0, -2.0, 0.0, 0.8, 3.0, 9.0)]
    assert percents == sorted(percents, reverse=True)
    assert eased_hp_percent(0.0) == 100
    assert min(percents) > 0


def test_the_scout_finds_the_way_that_creeps_walk() -> None:
    match = defended()
    scout = Scout(match.game_map, engine=INTERPRETED)
    for cell, closed in enumerate(match.blocked):
        scout.close(cell, blocked=bool(closed))
    (way,) = scout.ways()
    walked = [match.game_map.cell(*match.game_map.spawns[0])]
    while walked[-1] != match.game_map.cell(*match.game_map.goal):
        to = heading(match.world, walked[-1])
        across, down = (sign(match.world.headings[axis][to]) for axis in (0, 1))
        walked.append(walked[-1] + across + down * match.game_map.stride)
    assert way == walked


def test_a_barred_cell_turns_the_way_and_is_open_again_afterwards() -> None:
    scout = Scout(field(), engine=INTERPRETED)
    (straight,) = scout.ways()
    (turned,) = scout.ways(barred=[straight[5]])
    assert straight[5] not in turned
    assert scout.ways() == [straight]

"""How a bot plays a match; how often it wins is a question of balance, which has its own test."""

from __future__ import annotations

from statistics import fmean

import pytest
from tests.unit.bulwark.fields import defended, field, run

from bulwark.bots.decider import Decider
from bulwark.bots.match_log import LogEntry, MatchLog, TowerBuilt, TowerSold, TowerUpgraded, WaveCleared
from bulwark.bots.player import MatchResult, eased_hp_percent, play
from bulwark.bots.scout import Scout
from bulwark.compiled import compiled
from bulwark.sim.commands import Build, Sell
from bulwark.sim.engine import INTERPRETED
from bulwark.sim.flow_field import heading
from bulwark.sim.layout import score
from bulwark.sim.match import Match

BOLT = 0
GENTLE = [[["runner", 4, 30, 0, 0]], [["swarm", 6, 15, 0, 0]], [["runner", 8, 20, 0, 0]]]
# Unstoppable: a match with it is always lost.
FLOOD = [[["boss", 20, 5, 0, 0]]]


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def decider(match: Match, *, skill: float) -> Decider:
    return Decider(match, seed=1, skill=skill, kinds=range(6), engine=INTERPRETED)


def play_gentle(skill: float = 0.9, *, seed: int = 3) -> MatchResult:
    return play(field(waves=GENTLE, gold=300), seed=seed, skill=skill)


# Only benchmarks and recordings use the compiled kernels, and compiling them takes half a minute.
@pytest.mark.thorough
@pytest.mark.parametrize("skill", [0.1, 0.9])
def test_a_bot_plays_the_same_match_interpreted_and_compiled(skill: float) -> None:
    interpreted = play(field(), seed=5, skill=skill)
    assert interpreted.log
    assert interpreted == play(field(), seed=5, skill=skill, engine=compiled())


def test_different_seeds_give_different_matches() -> None:
    assert play_gentle(seed=3).state_hash != play_gentle(seed=4).state_hash


def test_deciding_does_not_change_the_match() -> None:
    match = run(defended(), 200)
    match.world.score[score.GOLD] = 500
    before = match.state_hash()
    bot = decider(match, skill=0.9)
    assert sum(bot.decide() is not None for _ in range(20)) > 0
    assert match.state_hash() == before


def test_the_log_of_a_won_match_contains_each_tower_and_wave_in_order() -> None:
    logged: list[LogEntry] = []
    result = play(field(waves=GENTLE, gold=300), seed=3, skill=0.9, on_entry=logged.append)
    assert result.won
    assert logged == list(result.log)
    assert [entry.tick for entry in logged] == sorted(entry.tick for entry in logged)
    waves = [entry for entry in logged if isinstance(entry, WaveCleared)]
    assert [entry.wave for entry in waves] == [1, 2, 3]
    assert all(0 < entry.ticks < entry.tick for entry in waves)
    assert result.towers_built == sum(isinstance(entry, TowerBuilt) for entry in logged) > 0
    assert result.upgrades == sum(isinstance(entry, TowerUpgraded) for entry in logged)
    assert result.waves_cleared == result.waves == len(waves)


def test_an_unwinnable_match_is_lost_without_clearing_a_wave() -> None:
    result = play(field(waves=FLOOD, gold=100), seed=3, skill=0.9)
    assert (result.won, result.waves_cleared, result.lives_left) == (False, 0, 0)


def test_a_bot_builds_only_the_given_kinds() -> None:
    result = play(field(waves=GENTLE), seed=3, skill=0.5, kinds=[1, 3])
    assert {entry.kind for entry in result.log if isinstance(entry, TowerBuilt)} == {1, 3}


def path_length_after(skill: float, *, seed: int) -> int:
    """How many cells walkers cross after a bot that has only bolts has played."""
    game_map = field()
    scout = Scout(game_map, engine=INTERPRETED)
    for entry in play(game_map, seed=seed, skill=skill, kinds=[BOLT]).log:
        if isinstance(entry, TowerBuilt):
            scout.set_blocked(game_map.cell(entry.column, entry.row), blocked=True)
    return len(scout.paths()[0])


def test_skilled_bots_make_the_path_longer_than_poor_ones() -> None:
    poor, skilled = (fmean(path_length_after(skill, seed=seed) for seed in range(8)) for skill in (0.1, 0.95))
    assert skilled > poor + 1


def test_a_tower_that_reaches_nothing_is_sold() -> None:
    match = Match.begin(field(["." * 14] * 21), seed=1)
    assert match.step([Build(BOLT, 3, 0), Build(BOLT, 5, 9)]) == []
    match.world.score[score.GOLD] = 0
    bot = decider(match, skill=1.0)
    match.world.score[score.GOLD] = 1000
    bot._buy()
    sold = {command.uid for command in (bot._tend() for _ in range(200)) if isinstance(command, Sell)}
    assert sold == {1}


def test_a_refused_command_is_not_logged() -> None:
    log = MatchLog(Match.begin(field(gold=30), seed=1))
    assert log.step(Build(BOLT, 3, 3))
    assert not log.step(Build(BOLT, 3, 3))
    assert log.step(Sell(1))
    assert not log.step(Sell(1))
    assert [type(entry) for entry in log.entries] == [TowerBuilt, TowerSold]


def test_easing_lowers_hit_points_and_the_reverse_raises_them() -> None:
    percents = [eased_hp_percent(ease) for ease in (-9.0, -2.0, 0.0, 0.8, 3.0, 9.0)]
    assert percents == sorted(percents, reverse=True)
    assert eased_hp_percent(0.0) == 100
    assert min(percents) > 0


def test_the_scout_finds_the_path_creeps_walk() -> None:
    match = defended()
    scout = Scout(match.game_map, engine=INTERPRETED)
    for cell, blocked in enumerate(match.blocked):
        scout.set_blocked(cell, blocked=bool(blocked))
    (path,) = scout.paths()
    walked = [match.game_map.cell(*match.game_map.spawns[0])]
    while walked[-1] != match.game_map.cell(*match.game_map.goal):
        to = heading(match.world, walked[-1])
        across, down = (sign(match.world.headings[axis][to]) for axis in (0, 1))
        walked.append(walked[-1] + across + down * match.game_map.stride)
    assert path == walked


def test_a_barred_cell_reroutes_the_path_and_is_free_afterwards() -> None:
    scout = Scout(field(), engine=INTERPRETED)
    (straight,) = scout.paths()
    (rerouted,) = scout.paths(barred=[straight[5]])
    assert straight[5] not in rerouted
    assert scout.paths() == [straight]

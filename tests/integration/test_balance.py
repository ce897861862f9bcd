"""The balance of the game, as bots of three skills find it on its six maps, with the compiled engine.

The bands are the aim: a poor player wins about never, a middling one about half, a fine one about always. With 24
matches a skill the share of a middling player is known to about 10 percentage points (one standard error), so its band
is half plus and minus one and a half of them. The seeds are fixed: what moves a figure is a change of the rules, the
waves or the bots, and then a red band is a question to be answered with more matches, not proof by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import pytest

import bulwark.assets
from bulwark.assets.tiled import read_tiled_map
from bulwark.bots.moments import TowerBuilt
from bulwark.bots.player import PlayedMatch, play
from bulwark.compiled import compiled
from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, StartWave
from bulwark.sim.layout import score
from bulwark.sim.maps import Map
from bulwark.sim.match import Match

# All matches are played for the first test that asks; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(600)

EASY, NORMAL, HARD = range(3)
POOR, MIDDLING, FINE = 0.1, 0.5, 0.9
SEEDS, FEWER_SEEDS = range(4), range(3)
BOLT = 0


class Trial(NamedTuple):
    map: Map
    skill: float
    difficulty: int
    went: PlayedMatch

    @property
    def progress(self) -> float:
        """Finer than won or lost: the share of the waves that were cleared and that of the lives that were kept."""
        return self.went.waves_cleared / self.went.waves + self.went.lives_left / self.went.lives


@pytest.fixture(scope="module")
def maps() -> Sequence[Map]:
    files = (Path(bulwark.assets.__file__).parent / "maps").glob("*.tmx")
    return sorted((read_tiled_map(file).map for file in files), key=lambda found: found.order)


@pytest.fixture(scope="module")
def trials(maps: Sequence[Map]) -> Sequence[Trial]:
    wanted = [(skill, NORMAL, SEEDS) for skill in (POOR, MIDDLING, FINE)]
    wanted += [(MIDDLING, EASY, FEWER_SEEDS), (MIDDLING, HARD, FEWER_SEEDS)]
    return [
        Trial(
            game_map,
            skill,
            difficulty,
            play(game_map, seed=seed, skill=skill, difficulty=difficulty, engine=compiled()),
        )
        for skill, difficulty, seeds in wanted
        for game_map in maps
        for seed in seeds
    ]


def won(trials: Iterable[Trial]) -> float:
    return fmean(trial.went.won for trial in trials)


def of(
    trials: Sequence[Trial], *, skill: float = MIDDLING, difficulty: int = NORMAL, on: Sequence[Map] = ()
) -> list[Trial]:
    wanted = {game_map.id for game_map in on}
    return [
        trial
        for trial in trials
        if (trial.skill, trial.difficulty) == (skill, difficulty) and (not on or trial.map.id in wanted)
    ]


@pytest.mark.parametrize(
    ("skill", "least", "most"), [(POOR, 0.0, 0.1), (MIDDLING, 0.35, 0.65), (FINE, 0.9, 1.0)]
)
def test_a_skill_wins_its_share_of_the_matches_on_normal(
    trials: Sequence[Trial], skill: float, least: float, most: float
) -> None:
    assert least <= won(of(trials, skill=skill)) <= most


def test_easy_is_easier_and_hard_is_harder(trials: Sequence[Trial], maps: Sequence[Map]) -> None:
    easy, normal, hard = (won(of(trials, difficulty=difficulty)) for difficulty in (EASY, NORMAL, HARD))
    assert easy > normal + 0.15
    assert normal > hard + 0.15
    for game_map in maps:
        # Three matches tell easy from hard on a map, not either from what is between them.
        lightest, heaviest = (
            fmean(trial.progress for trial in of(trials, difficulty=difficulty, on=[game_map]))
            for difficulty in (EASY, HARD)
        )
        assert lightest > heaviest, game_map.id


def test_the_skilled_get_further_on_every_map(trials: Sequence[Trial], maps: Sequence[Map]) -> None:
    for game_map in maps:
        poor, middling, fine = (
            fmean(trial.progress for trial in of(trials, skill=skill, on=[game_map]))
            for skill in (POOR, MIDDLING, FINE)
        )
        assert poor < middling < fine, game_map.id


def test_the_first_maps_are_easier_than_the_last(trials: Sequence[Trial], maps: Sequence[Map]) -> None:
    assert won(of(trials, on=maps[:3])) > won(of(trials, on=maps[3:]))


def test_a_match_that_is_won_takes_about_six_to_twelve_minutes(
    trials: Sequence[Trial], maps: Sequence[Map]
) -> None:
    for game_map in maps:
        ticks = [trial.went.ticks for trial in of(trials, skill=FINE, on=[game_map]) if trial.went.won]
        assert 5.5 < fmean(ticks) / rules.TICKS_PER_SECOND / 60 < 12.5, game_map.id


def test_fine_players_build_every_kind_of_tower(trials: Sequence[Trial]) -> None:
    built = {
        moment.kind
        for trial in of(trials, skill=FINE)
        for moment in trial.went.moments
        if isinstance(moment, TowerBuilt)
    }
    assert built == set(range(len(rules.TOWERS)))


@pytest.mark.parametrize("difficulty", [EASY, NORMAL, HARD])
def test_the_first_three_waves_of_the_first_map_are_not_lost_with_one_bolt_near_the_way(
    maps: Sequence[Map], difficulty: int
) -> None:
    match = Match.begin(maps[0], seed=1, difficulty=difficulty, engine=compiled())
    column, row = maps[0].spawns[0]
    assert match.step([Build(BOLT, column + 5, row + 1), AutoStart(1), StartWave()]) == []
    while match.outcome == score.PLAYING and match.wave < 4:
        match.step()
    assert match.outcome == score.PLAYING


def test_a_map_has_a_wave_with_every_creep(maps: Sequence[Map]) -> None:
    for game_map in maps:
        assert {group.kind for wave in game_map.waves for group in wave} == set(range(len(rules.CREEPS)))

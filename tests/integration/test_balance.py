"""The balance of the game as bots of three skills experience it on its six maps, with the compiled engine.

The target bands: a poor player almost never wins, an average one about half the time, a good one almost always. With 24
matches per skill the average player's share is known to about 10 percentage points (one standard error), so its band is
half plus or minus one and a half of them. The seeds are fixed: a figure moves only if the rules, the waves or the bots
change. A failing band is then a question to answer with more matches, not a proof by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import pytest

import bulwark.assets
from bulwark.assets.tiled import read_tiled_map
from bulwark.bots.match_log import TowerBuilt
from bulwark.bots.player import MatchResult, play
from bulwark.compiled import compiled
from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, StartWave
from bulwark.sim.layout import score
from bulwark.sim.maps import Map
from bulwark.sim.match import Match
from tests import thorough

# The first test plays all matches, which takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)

EASY, NORMAL, HARD = range(3)
POOR, AVERAGE, GOOD = 0.1, 0.5, 0.9
SEEDS = range(thorough.repeats(3, thorough=4))
FEWER_SEEDS = range(thorough.repeats(2, thorough=3))
BOLT = 0


class Trial(NamedTuple):
    map: Map
    skill: float
    difficulty: int
    result: MatchResult

    @property
    def progress(self) -> float:
        """Finer than won or lost: the share of waves cleared plus the share of lives left."""
        return self.result.waves_cleared / self.result.waves + self.result.lives_left / self.result.lives


@pytest.fixture(scope="module")
def maps() -> Sequence[Map]:
    files = (Path(bulwark.assets.__file__).parent / "maps").glob("*.tmx")
    return sorted((read_tiled_map(file).map for file in files), key=lambda each: each.order)


@pytest.fixture(scope="module")
def trials(maps: Sequence[Map]) -> Sequence[Trial]:
    settings = [(skill, NORMAL, SEEDS) for skill in (POOR, AVERAGE, GOOD)]
    settings += [(AVERAGE, EASY, FEWER_SEEDS), (AVERAGE, HARD, FEWER_SEEDS)]
    return [
        Trial(
            game_map,
            skill,
            difficulty,
            play(game_map, seed=seed, skill=skill, difficulty=difficulty, engine=compiled()),
        )
        for skill, difficulty, seeds in settings
        for game_map in maps
        for seed in seeds
    ]


def won(trials: Iterable[Trial]) -> float:
    return fmean(trial.result.won for trial in trials)


def of(
    trials: Sequence[Trial], *, skill: float = AVERAGE, difficulty: int = NORMAL, on: Sequence[Map] = ()
) -> list[Trial]:
    settings = {game_map.id for game_map in on}
    return [
        trial
        for trial in trials
        if (trial.skill, trial.difficulty) == (skill, difficulty) and (not on or trial.map.id in settings)
    ]


@pytest.mark.parametrize(
    ("skill", "least", "most"), [(POOR, 0.0, 0.1), (AVERAGE, 0.35, 0.65), (GOOD, 0.9, 1.0)]
)
def test_each_skill_wins_its_share_of_matches_on_normal(
    trials: Sequence[Trial], skill: float, least: float, most: float
) -> None:
    assert least <= won(of(trials, skill=skill)) <= most


def test_easy_is_easier_and_hard_is_harder(trials: Sequence[Trial], maps: Sequence[Map]) -> None:
    easy, normal, hard = (won(of(trials, difficulty=difficulty)) for difficulty in (EASY, NORMAL, HARD))
    assert easy > normal + 0.15
    assert normal > hard + 0.15
    for game_map in maps:
        # Three matches distinguish easy from hard on a map, but neither of them from normal.
        lightest, heaviest = (
            fmean(trial.progress for trial in of(trials, difficulty=difficulty, on=[game_map]))
            for difficulty in (EASY, HARD)
        )
        assert lightest > heaviest, game_map.id


def test_higher_skill_gets_further_on_every_map(trials: Sequence[Trial], maps: Sequence[Map]) -> None:
    for game_map in maps:
        poor, average, good = (
            fmean(trial.progress for trial in of(trials, skill=skill, on=[game_map]))
            for skill in (POOR, AVERAGE, GOOD)
        )
        assert poor < average < good, game_map.id


def test_the_first_maps_are_easier_than_the_last(trials: Sequence[Trial], maps: Sequence[Map]) -> None:
    assert won(of(trials, on=maps[:3])) > won(of(trials, on=maps[3:]))


def test_a_won_match_takes_about_six_to_twelve_minutes(trials: Sequence[Trial], maps: Sequence[Map]) -> None:
    for game_map in maps:
        ticks = [trial.result.ticks for trial in of(trials, skill=GOOD, on=[game_map]) if trial.result.won]
        assert 5.5 < fmean(ticks) / rules.TICKS_PER_SECOND / 60 < 12.5, game_map.id


def test_good_players_build_every_kind_of_tower(trials: Sequence[Trial]) -> None:
    built = {
        entry.kind
        for trial in of(trials, skill=GOOD)
        for entry in trial.result.log
        if isinstance(entry, TowerBuilt)
    }
    assert built == set(range(len(rules.TOWERS)))


@pytest.mark.parametrize("difficulty", [EASY, NORMAL, HARD])
def test_one_bolt_near_the_path_survives_three_waves_of_the_first_map(
    maps: Sequence[Map], difficulty: int
) -> None:
    match = Match.begin(maps[0], seed=1, difficulty=difficulty, engine=compiled())
    column, row = maps[0].spawns[0]
    assert match.step([Build(BOLT, column + 5, row + 1), AutoStart(1), StartWave()]) == []
    while match.outcome == score.PLAYING and match.wave < 4:
        match.step()
    assert match.outcome == score.PLAYING


def test_every_map_uses_every_kind_of_creep(maps: Sequence[Map]) -> None:
    for game_map in maps:
        assert {group.kind for wave in game_map.waves for group in wave} == set(range(len(rules.CREEPS)))

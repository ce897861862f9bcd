"""The balance of the game as bots of three skills experience it on its six maps, judged by recorded matches.

The target bands: a poor player almost never wins, an average one about half the time, a good one almost always. With 24
matches per skill the average player's share is known to about 10 percentage points (one standard error), so its band is
half plus or minus one and a half of them. The seeds are fixed: a figure moves only if the rules, the waves or the bots
change. A failing band is then a question to answer with more matches, not a proof by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

import pytest

from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, StartWave
from bulwark.sim.layout import score
from bulwark.sim.match import Match
from tests import thorough
from tests.balance_matches import (
    AVERAGE,
    BESIDE,
    BOT,
    DOORS,
    EASY,
    GOOD,
    HARD,
    JUGGLER,
    NORMAL,
    POOR,
    Trial,
    maps,
    play_trial,
    recorded,
    settings,
)

BOLT = 0
TRIALS = recorded()


def won(trials: Iterable[Trial]) -> float:
    return fmean(trial.won for trial in trials)


def of(*, skill: float = AVERAGE, difficulty: int = NORMAL, on: Sequence[str] = ()) -> list[Trial]:
    """The bots' matches."""
    return [
        trial
        for trial in played_by(BOT, on=on)
        if (trial.setting.skill, trial.setting.difficulty) == (skill, difficulty)
    ]


def played_by(player: str, *, on: Sequence[str] = ()) -> list[Trial]:
    return [
        trial for trial in TRIALS if trial.setting.player == player and (not on or trial.setting.map in on)
    ]


def map_ids() -> list[str]:
    return [game_map.id for game_map in maps()]


def test_the_record_holds_every_setting() -> None:
    assert [trial.setting for trial in TRIALS] == list(settings())


@pytest.mark.timeout(thorough.repeats(180, thorough=900))
@pytest.mark.parametrize("trial", thorough.sample(TRIALS, 3, seed="balance"), ids=str)
def test_a_recorded_match_ends_as_recorded(trial: Trial) -> None:
    command = "python -m tests.balance_matches > tests/balance.json"
    assert play_trial(trial.setting) == trial, f"If the rules or the bots were changed on purpose: {command}"


@pytest.mark.parametrize(
    ("skill", "least", "most"), [(POOR, 0.0, 0.1), (AVERAGE, 0.35, 0.65), (GOOD, 0.9, 1.0)]
)
def test_each_skill_wins_its_share_of_matches_on_normal(skill: float, least: float, most: float) -> None:
    assert least <= won(of(skill=skill)) <= most


def test_easy_is_easier_and_hard_is_harder() -> None:
    easy, normal, hard = (won(of(difficulty=difficulty)) for difficulty in (EASY, NORMAL, HARD))
    assert easy > normal + 0.15
    assert normal > hard + 0.15


@pytest.mark.parametrize("game_map", map_ids())
def test_easy_gets_further_than_hard_on_every_map(game_map: str) -> None:
    # Three matches distinguish easy from hard on a map, but neither of them from normal.
    lightest, heaviest = (
        fmean(trial.progress for trial in of(difficulty=difficulty, on=[game_map]))
        for difficulty in (EASY, HARD)
    )
    assert lightest > heaviest


@pytest.mark.parametrize("game_map", map_ids())
def test_higher_skill_gets_further_on_every_map(game_map: str) -> None:
    poor, average, good = (
        fmean(trial.progress for trial in of(skill=skill, on=[game_map])) for skill in (POOR, AVERAGE, GOOD)
    )
    assert poor < average < good


def test_the_first_maps_are_easier_than_the_last() -> None:
    assert won(of(on=map_ids()[:3])) > won(of(on=map_ids()[3:]))


@pytest.mark.parametrize("game_map", map_ids())
def test_a_won_match_takes_about_six_to_twelve_minutes(game_map: str) -> None:
    ticks = [trial.ticks for trial in of(skill=GOOD, on=[game_map]) if trial.won]
    assert 5.5 < fmean(ticks) / rules.TICKS_PER_SECOND / 60 < 12.5


@pytest.mark.parametrize(("difficulty", "least"), [(EASY, 9), (NORMAL, 6)])
@pytest.mark.parametrize("game_map", ["meadow", "ford"])
def test_building_beside_the_way_shown_and_upgrading_wins_the_first_maps(
    game_map: str, difficulty: int, least: int
) -> None:
    trials = [trial for trial in played_by(BESIDE, on=[game_map]) if trial.setting.difficulty == difficulty]
    assert len(trials) == 10
    assert sum(trial.won for trial in trials) >= least


def test_juggling_gains_at_most_a_tenth_of_the_lives() -> None:
    juggling, leaving = (
        fmean(trial.lives_left / trial.lives for trial in played_by(player)) for player in (JUGGLER, DOORS)
    )
    assert juggling <= leaving + 0.1


def test_a_wall_whose_doors_stay_open_keeps_about_half_of_the_lives() -> None:
    # Otherwise the test of juggling would compare nothing.
    assert 0.3 < fmean(trial.lives_left / trial.lives for trial in played_by(DOORS)) < 0.7


@pytest.mark.parametrize("game_map", map_ids())
def test_three_stars_can_be_won_on_every_map_on_normal(game_map: str) -> None:
    assert any(trial.lives_left == trial.lives for trial in of(skill=GOOD, on=[game_map]))


def test_good_players_build_every_kind_of_tower() -> None:
    built = {kind for trial in of(skill=GOOD) for kind in trial.kinds}
    assert built == set(range(len(rules.TOWERS)))


@pytest.mark.parametrize("difficulty", [EASY, NORMAL, HARD])
def test_one_bolt_near_the_path_survives_three_waves_of_the_first_map(difficulty: int) -> None:
    first = maps()[0]
    match = Match.begin(first, seed=1, difficulty=difficulty)
    column, row = first.spawns[0]
    assert match.step([Build(BOLT, column + 5, row + 1), AutoStart(1), StartWave()]) == []
    while match.outcome == score.PLAYING and match.wave < 4:
        match.step()
    assert match.outcome == score.PLAYING


def test_every_map_uses_every_kind_of_creep() -> None:
    for game_map in maps():
        assert {group.kind for wave in game_map.waves for group in wave} == set(range(len(rules.CREEPS)))

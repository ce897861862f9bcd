"""Invariants that hold after every tick, whatever commands are given."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark.sim import rules
from bulwark.sim.commands import (
    AutoStart,
    Build,
    Command,
    Reason,
    Sell,
    SetConstant,
    StartWave,
    Target,
    Upgrade,
)
from bulwark.sim.layout import creep, ground, group, score, tower
from bulwark.sim.match import Match
from tests import thorough
from tests.unit.bulwark.fields import HEIGHT, WAVES, WIDTH, field

FLYER = rules.CREEPS.index("flyer")
uids = st.integers(-1, 40)
commands = st.one_of(
    st.builds(Build, st.integers(-1, 6), st.integers(-1, WIDTH), st.integers(-1, HEIGHT)),
    st.builds(Upgrade, uids, st.integers(-1, 2)),
    st.builds(Sell, uids),
    st.builds(Target, uids, st.integers(-1, 4)),
    st.builds(StartWave),
    st.builds(AutoStart, st.integers(0, 1)),
    st.builds(SetConstant, st.integers(-1, 6), st.integers(-1, 500)),
)
# Commands for a tick, and how many ticks to play.
turns = st.lists(st.tuples(st.lists(commands, max_size=6), st.integers(1, 60)), max_size=25)


def assert_sound(match: Match) -> None:
    """Assert the invariants of every state."""
    numbers, groups = match.world.score, match.world.groups
    assert match.gold >= 0
    assert match.lives >= 0
    came = sum(groups[group.SPAWNED])
    assert came == match.creep_count + numbers[score.KILLED] + numbers[score.LEAKED], "a creep was lost"
    field_, blocked = match.world.ground[ground.STEPS], match.world.ground[ground.BLOCKED]
    for spawn in match.game_map.spawns:
        assert 0 < field_[match.game_map.cell(*spawn)] < ground.FAR, "the last path was blocked"
    for i in range(match.creep_count):
        x, y = match.creeps[creep.X][i], match.creeps[creep.Y][i]
        assert 0 < match.creeps[creep.HP][i] <= match.creeps[creep.FULL][i]
        cell = (y >> 10) * match.game_map.stride + (x >> 10)
        flies = match.creeps[creep.KIND][i] == FLYER
        assert flies or (not blocked[cell] and field_[cell] < ground.FAR), "a creep is in a wall, or trapped"
    assert all(match.towers[tower.SPENT][t] > 0 for t in range(match.tower_count))


@settings(max_examples=thorough.repeats(25, thorough=600), deadline=None)
@given(turns, st.integers(0, 2**32 - 1))
def test_gold_stays_non_negative_no_creep_is_lost_and_a_path_stays_open(
    turns_played: list[tuple[list[Command], int]], seed: int
) -> None:
    match = Match.begin(field(gold=900, lives=40), seed=seed)
    for batch, ticks in turns_played:
        match.step(batch)
        assert_sound(match)
        for _ in range(ticks - 1):
            match.step()
        assert_sound(match)


@settings(max_examples=thorough.repeats(25, thorough=600), deadline=None)
@given(turns)
def test_step_refuses_exactly_what_refusal_predicts(turns_played: list[tuple[list[Command], int]]) -> None:
    match = Match.begin(field(gold=900), seed=1)
    for batch, ticks in turns_played:
        for command in batch:
            predicted = match.refusal(command)
            refused = [each.reason for each in match.step([command])]
            assert refused == ([predicted] if isinstance(predicted, Reason) else [])
        for _ in range(ticks):
            match.step()


@settings(max_examples=thorough.repeats(12, thorough=250), deadline=None)
@given(
    st.lists(st.builds(Build, st.integers(0, 5), st.integers(0, WIDTH), st.integers(0, HEIGHT)), max_size=60)
)
def test_in_any_maze_every_creep_dies_or_reaches_the_goal(maze: list[Command]) -> None:
    waves: Any = [[*group] for group in WAVES[:3]]
    match = Match.begin(field(gold=9000, lives=500, waves=waves), seed=3)
    match.step([*maze, AutoStart(1), StartWave()])
    while match.outcome == score.PLAYING:
        match.step()
        assert match.tick < 20_000, "a creep is stuck"
    assert_sound(match)

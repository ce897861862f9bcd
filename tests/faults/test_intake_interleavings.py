"""Every order of what a program does to its log, what the process that follows it does, and kill -9 between them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import thorough
from tests.faults.rotations import Act, Outcome, Play

# The calls of a process until its second round has ended, and more.
MOMENTS = range(160)
ROTATIONS = ["rename", "shift", "copy_and_truncate", "compress"]
# Steps between which the process makes no call, a few, or as many as in several rounds.
gaps = st.tuples(*[st.one_of(st.just(0), st.integers(0, 40), st.integers(0, 250))] * 4)


def acts(kinds: list[str], rows: list[int]) -> st.SearchStrategy[Act]:
    writes = st.builds(Act, st.sampled_from(["write", "rename_within_line"]), st.sampled_from(rows), gaps)
    others = st.builds(Act, st.sampled_from([*kinds, "kill"]), st.integers(0, 4), gaps)
    return st.one_of(writes, others)


def play(plan: list[Act]) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return Play(Path(folder)).run(plan, pytest.MonkeyPatch())


@given(st.lists(acts(ROTATIONS, [40, 90]), min_size=3, max_size=12))
def test_long_files_are_read_exactly_once_in_every_order_of_steps_and_kills(
    plan: list[Act],
) -> None:
    done = play(plan)
    assert (done.lost, done.repeated) == ([], []), done.story()
    assert not any("may repeat" in why for why in done.doubts), done.story()


@given(st.lists(acts([*ROTATIONS, "compress_without_time"], [1, 1, 2, 3, 40]), min_size=3, max_size=12))
def test_short_files_lose_no_row_and_repeat_none_without_a_doubt_that_outlives_a_kill(
    plan: list[Act],
) -> None:
    done = play(plan)
    assert done.lost == [], done.story()
    assert not done.repeated or any("it has the same text as" in why for why in done.doubts), done.story()


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_rotation_at_once_at_any_moment_leaves_no_doubt(rotation: str) -> None:
    for moment in thorough.sample(MOMENTS, 30, seed=rotation):
        before = [Act("write", 40), Act("rename"), Act("write", 40)]
        done = play([*before, Act(rotation, 0, (moment, 0, 0, 0, 0)), Act("write", 40, (MOMENTS.stop,))])
        assert (done.lost, done.repeated, done.doubts) == ([], [], set()), done.story()

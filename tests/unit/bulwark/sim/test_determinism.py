"""The same commands give the same match: interpreted or compiled, saved or not, in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bulwark.compiled import compiled
from bulwark.saves import matches
from bulwark.sim.layout import score
from bulwark.sim.match import Match
from tests.unit.bulwark.fields import defended, field, run

ROOT = Path(__file__).parents[4]
HEAVY = 300  # ticks with a save, a load and a hash each


def play_to_end(match: Match) -> Match:
    while match.outcome == score.PLAYING:
        run(match, 1)
    return match


def test_the_same_seed_gives_the_same_match() -> None:
    assert play_to_end(defended(seed=3)).state_hash() == play_to_end(defended(seed=3)).state_hash()


def test_different_seeds_give_different_matches() -> None:
    assert run(defended(seed=3), 200).state_hash() != run(defended(seed=4), 200).state_hash()


# Only benchmarks and recordings use the compiled kernels, and compiling them takes half a minute.
@pytest.mark.thorough
def test_compiled_kernels_give_identical_states() -> None:
    interpreted, fast = defended(), defended(engine=compiled())
    while interpreted.outcome == score.PLAYING:
        interpreted.step()
        fast.step()
        assert fast.column_hashes() == interpreted.column_hashes()
    assert fast.outcome == interpreted.outcome


def test_saving_and_loading_at_every_tick_changes_nothing() -> None:
    unsaved, other = defended(), defended()
    for _ in range(HEAVY):
        unsaved.step()
        other.step()
        other = matches.from_bytes(matches.to_bytes(other), [other.game_map])
        assert other.state_hash() == unsaved.state_hash()


@pytest.mark.parametrize("tick", [1, 97, 420, 901])
def test_a_loaded_match_continues_like_the_original(tick: int) -> None:
    match = run(defended(), tick)
    loaded = matches.from_bytes(matches.to_bytes(match), [match.game_map])
    assert run(loaded, 400).column_hashes() == run(match, 400).column_hashes()


def test_rolling_back_eight_ticks_at_every_tick_changes_nothing() -> None:
    match = run(defended(), 600)
    kept = [match.export()]
    for _ in range(120):
        match.step()
        kept = [*kept[-7:], match.export()]
        replayed = run(Match.restore(match.game_map, kept[0]), len(kept) - 1)
        assert replayed.state_hash() == match.state_hash()


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_pythons_hash_seed_does_not_matter(hash_seed: str) -> None:
    program = "from tests.unit.bulwark.fields import defended, run; print(run(defended(), 900).state_hash())"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "src")},
    ).stdout.strip()
    assert printed == run(defended(), 900).state_hash()


def test_a_finished_match_does_not_change() -> None:
    match = play_to_end(defended(field(lives=1)))
    before = match.state_hash()
    assert run(match, 5).state_hash() == before

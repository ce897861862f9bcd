"""The same commands give the same match: interpreted or compiled, saved or not, in whatever process."""

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
HEAVY = 300  # ticks of saving, loading and hashing


def played_out(match: Match) -> Match:
    while match.outcome == score.PLAYING:
        run(match, 1)
    return match


def test_one_seed_gives_one_match() -> None:
    assert played_out(defended(seed=3)).state_hash() == played_out(defended(seed=3)).state_hash()


def test_another_seed_gives_another_match() -> None:
    assert run(defended(seed=3), 200).state_hash() != run(defended(seed=4), 200).state_hash()


def test_the_compiled_kernels_do_the_same_to_the_last_bit() -> None:
    interpreted, fast = defended(), defended(engine=compiled())
    while interpreted.outcome == score.PLAYING:
        interpreted.step()
        fast.step()
        assert fast.column_hashes() == interpreted.column_hashes()
    assert fast.outcome == interpreted.outcome


def test_a_match_that_is_saved_and_loaded_at_every_tick_is_the_same() -> None:
    game_map, other = defended(), defended()
    for _ in range(HEAVY):
        game_map.step()
        other.step()
        other = matches.from_bytes(matches.to_bytes(other), [other.game_map])
        assert other.state_hash() == game_map.state_hash()


@pytest.mark.parametrize("tick", [1, 97, 420, 901])
def test_a_loaded_match_goes_on_as_the_one_that_was_not(tick: int) -> None:
    match = run(defended(), tick)
    loaded = matches.from_bytes(matches.to_bytes(match), [match.game_map])
    assert run(loaded, 400).column_hashes() == run(match, 400).column_hashes()


def test_rolling_back_eight_ticks_at_every_tick_and_playing_them_again_changes_nothing() -> None:
    match = run(defended(), 600)
    kept = [match.export()]
    for _ in range(120):
        match.step()
        kept = [*kept[-7:], match.export()]
        again = run(Match.restore(match.game_map, kept[0]), len(kept) - 1)
        assert again.state_hash() == match.state_hash()


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_the_order_in_which_python_hashes_does_not_matter(hash_seed: str) -> None:
    program = "from tests.unit.bulwark.fields import defended, run; print(run(defended(), 900).state_hash())"
    told = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "src")},
    ).stdout.strip()
    assert told == run(defended(), 900).state_hash()


def test_a_match_that_is_over_stands_still() -> None:
    match = played_out(defended(field(lives=1)))
    before = match.state_hash()
    assert run(match, 5).state_hash() == before

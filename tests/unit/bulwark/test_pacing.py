"""The fixed timestep: whatever the frame rate, the match is the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark.pacing import Pacer
from tests.unit.bulwark.fields import defended, run

SECOND = 1_000_000


def even(rate: int) -> Iterator[int]:
    """Frame lengths in microseconds at `rate` frames per second, for 20 seconds, exact to the microsecond."""
    for frame in range(20 * rate):
        yield (frame + 1) * SECOND // rate - frame * SECOND // rate


def jittered() -> Iterator[int]:
    """Frames of 2 to 90 milliseconds that add up to 20 seconds."""
    rng, left = random.Random(5), 20 * SECOND
    while left:
        frame = min(rng.randint(2_000, 90_000), left)
        left -= frame
        yield frame


@pytest.mark.parametrize(
    "frames", [even(30), even(60), even(144), jittered()], ids=["30 Hz", "60 Hz", "144 Hz", "jittered"]
)
def test_a_match_has_the_same_hash_at_any_frame_rate(frames: Iterator[int]) -> None:
    match, pacer = defended(), Pacer()
    for elapsed in frames:
        ticks, _ = pacer.advance(elapsed)
        run(match, ticks)
    assert match.state_hash() == run(defended(), 20 * 30).state_hash()


@given(st.lists(st.integers(0, 250_000)), st.sampled_from([1, 2, 4]))
def test_no_time_is_lost_to_rounding(frames: list[int], speed: int) -> None:
    pacer = Pacer()
    ticks, fraction = 0, 0.0
    for elapsed in frames:
        due, left = pacer.advance(elapsed, speed=speed)
        ticks, fraction = ticks + due, float(left)
        assert 0 <= fraction < 1
    assert ticks == sum(frames) * speed * 30 // SECOND


def test_no_ticks_are_due_while_paused() -> None:
    pacer = Pacer()
    pacer.advance(10_000)
    _, before = pacer.advance(0)
    assert pacer.advance(100_000, paused=True) == (0, before)


def test_after_a_long_stall_the_match_catches_up_only_a_little() -> None:
    ticks, _ = Pacer().advance(60 * SECOND)
    assert ticks <= 8

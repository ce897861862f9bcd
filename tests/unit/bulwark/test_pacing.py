"""The fixed timestep: however often is drawn, the same match comes out."""

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
    """The microseconds of each frame at `rate` frames a second, for 20 seconds, to the microsecond."""
    for frame in range(20 * rate):
        yield (frame + 1) * SECOND // rate - frame * SECOND // rate


def jittered() -> Iterator[int]:
    """Frames between 2 and 90 milliseconds that together are 20 seconds."""
    rng, left = random.Random(5), 20 * SECOND
    while left:
        frame = min(rng.randint(2_000, 90_000), left)
        left -= frame
        yield frame


@pytest.mark.parametrize(
    "frames", [even(30), even(60), even(144), jittered()], ids=["30 Hz", "60 Hz", "144 Hz", "jittered"]
)
def test_the_same_match_at_any_frame_rate_has_one_hash(frames: Iterator[int]) -> None:
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


def test_nothing_moves_while_paused() -> None:
    pacer = Pacer()
    pacer.advance(10_000)
    _, before = pacer.advance(0)
    assert pacer.advance(100_000, paused=True) == (0, before)


def test_after_a_long_stop_the_match_does_not_rush() -> None:
    ticks, _ = Pacer().advance(60 * SECOND)
    assert ticks <= 8

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st
from tests.clocks import FixedClock, MovableClock

from keepwell.platform.ids import Uuid7, uuid7

MILLISECONDS = st.integers(0, 2**48 - 1)
RANDOM_BITS = st.integers(0, 2**74 - 1)


@given(MILLISECONDS, RANDOM_BITS)
def test_an_id_is_a_uuid_7_with_its_time_and_randomness(milliseconds: int, random_bits: int) -> None:
    made = uuid7(milliseconds, random_bits)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == milliseconds
    assert ((made.int >> 64) & 0xFFF) << 62 | made.int & (2**62 - 1) == random_bits


@given(MILLISECONDS, MILLISECONDS, RANDOM_BITS, RANDOM_BITS)
def test_ids_sort_by_their_time(one: int, other: int, random_one: int, random_other: int) -> None:
    if one < other:
        assert uuid7(one, random_one) < uuid7(other, random_other)


def test_ids_of_the_same_instant_differ_and_sort_in_the_order_in_which_they_were_made() -> None:
    ids = Uuid7(FixedClock(datetime(2024, 1, 1, tzinfo=UTC)))
    made = [ids.new() for _ in range(100)]
    assert made == sorted(set(made))


def test_an_id_made_after_the_clock_was_set_back_sorts_last() -> None:
    clock = MovableClock(datetime(2024, 1, 2, tzinfo=UTC))
    ids = Uuid7(clock)
    before = ids.new()
    clock.move(timedelta(days=-1))
    assert before < ids.new()


def test_an_id_contains_the_clocks_time() -> None:
    instant = datetime(2024, 1, 1, tzinfo=UTC)
    made = Uuid7(FixedClock(instant)).new()
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=made.int >> 80) == instant

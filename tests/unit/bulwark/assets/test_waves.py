"""The text of waves: what is written is what comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bulwark.assets.waves import WaveGroup, read_waves
from bulwark.sim import rules

NUMBERS = st.integers(0, 9999)
GROUPS = st.tuples(st.sampled_from(rules.CREEPS), NUMBERS, NUMBERS, NUMBERS, NUMBERS).map(list)
WAVES = st.lists(st.lists(GROUPS, min_size=1), min_size=1)


def said(group: WaveGroup) -> str:
    kind, count, gap, delay, spawn = group
    return f"{kind} x{count} /{gap}" + (f" +{delay}" if delay else "") + (f" @{spawn}" if spawn else "")


@given(WAVES)
def test_waves_that_are_written_down_are_read_as_they_were(waves: list[list[WaveGroup]]) -> None:
    text = "\n".join(", ".join(map(said, wave)) for wave in waves)
    assert read_waves(text, source="here") == waves


def test_delay_and_spawn_are_nought_where_they_are_left_out() -> None:
    assert read_waves("runner x10 /20", source="here") == [[["runner", 10, 20, 0, 0]]]

"""The wave text format: written groups are read back unchanged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bulwark.assets.wave_text import WaveGroup, read_waves
from bulwark.sim import rules

NUMBERS = st.integers(0, 9999)
GROUPS = st.tuples(st.sampled_from(rules.CREEPS), NUMBERS, NUMBERS, NUMBERS, NUMBERS).map(list)
WAVES = st.lists(st.lists(GROUPS, min_size=1), min_size=1)


def formatted(group: WaveGroup) -> str:
    kind, count, gap, delay, spawn = group
    return f"{kind} x{count} /{gap}" + (f" +{delay}" if delay else "") + (f" @{spawn}" if spawn else "")


@given(WAVES)
def test_waves_survive_a_round_trip(waves: list[list[WaveGroup]]) -> None:
    text = "\n".join(", ".join(map(formatted, wave)) for wave in waves)
    assert read_waves(text, source="here") == waves


def test_delay_and_spawn_default_to_zero() -> None:
    assert read_waves("runner x10 /20", source="here") == [[["runner", 10, 20, 0, 0]]]

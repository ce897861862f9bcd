"""The text format for waves in a Tiled map: `runner x10 /20, armoured x4 /40 +120 @1`, one line per wave."""

from __future__ import annotations

import re

from bulwark.assets.sources import did_you_mean
from bulwark.errors import AssetError
from bulwark.sim import rules

HINT = "A group is `kind xCOUNT /GAP +DELAY @SPAWN`; gap and delay are ticks, the last two are optional."

WaveGroup = list[str | int]
"""A group as in the compact JSON: kind, count, gap, delay, spawn."""

_GROUP = re.compile(
    r"(?P<kind>\w+)\s+x(?P<count>\d{1,9})\s+/(?P<gap>\d{1,9})(?:\s+\+(?P<delay>\d{1,9}))?(?:\s+@(?P<spawn>\d{1,9}))?"
)


def read_waves(text: str, *, source: str) -> list[list[WaveGroup]]:
    """The waves in `text`, in order. Raises AssetError naming `source`, the wave (from 1) and the group."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return [_wave(line, f"{source}, wave {number}") for number, line in enumerate(lines, start=1)]


def _wave(line: str, place: str) -> list[WaveGroup]:
    groups = line.split(",")
    return [_group(group.strip(), f"{place}, group {number}") for number, group in enumerate(groups, start=1)]


def _group(text: str, place: str) -> WaveGroup:
    match = _GROUP.fullmatch(text)
    if match is None:
        raise AssetError(f"{place}: `{text}` is not a group.", hint=HINT)
    kind = match["kind"]
    if kind not in rules.CREEPS:
        hint = did_you_mean(kind, rules.CREEPS, otherwise=f"Creeps are {', '.join(rules.CREEPS)}.")
        raise AssetError(f"{place}: there is no creep `{kind}`.", hint=hint)
    return [kind, *(int(match[name] or 0) for name in ("count", "gap", "delay", "spawn"))]

"""Plays a scripted match on every map and prints the hashes of its states: `golden_matches.py MAPS_FOLDER`.

The standard library alone, so that any Python can run it: each CPython that is found, and the one in a browser.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from bulwark.sim.commands import AutoStart, Build, Command, Sell, StartWave, Target, Upgrade
from bulwark.sim.layout import score, tower
from bulwark.sim.maps import Map, read_map
from bulwark.sim.match import Match
from bulwark.sim.randomness import hash32

SEEDS = (7, 2026)
TICKS = 2400
TICKS_BETWEEN = 600
# Ticks between two decisions of the script.
PACE = 20


def said(match: Match, seed: int) -> Iterator[Command]:
    """What the script commands in a tick: much of it is refused, and that is a part of what is compared."""
    if match.tick == 0:
        yield AutoStart(1)
        yield StartWave()
    if match.tick % PACE:
        return
    bits = hash32(seed, match.tick, 1)
    yield Build(bits % 6, (bits >> 4) % match.game_map.width, (bits >> 12) % match.game_map.height)
    if match.tower_count:
        uid = int(match.towers[tower.UID][(bits >> 20) % match.tower_count])
        yield (Upgrade(uid, bits & 1), Target(uid, bits % 4), Upgrade(uid), Sell(uid))[min(bits >> 27, 3)]


def game_map(on: Map, seed: int) -> list[str]:
    """The hashes of one match."""
    match = Match.begin(on, seed=seed, difficulty=0, hp_percent=60)
    match.world.score[score.GOLD] += 2000
    hashes = []
    while match.tick < TICKS and match.outcome == score.PLAYING:
        match.step(list(said(match, seed)))
        if match.tick % TICKS_BETWEEN == 0 or match.outcome != score.PLAYING:
            hashes.append(match.state_hash())
    return hashes


def golden(maps: Path) -> dict[str, dict[str, list[str]]]:
    """The hashes by map and seed."""
    found = [read_map(path.read_text(encoding="utf-8")) for path in sorted(maps.glob("*.json"))]
    return {each.id: {str(seed): game_map(each, seed) for seed in SEEDS} for each in found}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(golden(Path(sys.argv[1])), indent=1, sort_keys=True) + "\n")

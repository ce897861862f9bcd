"""Plays a scripted match on every map and prints its state hashes: `golden_matches.py MAPS_FOLDER`.

Uses the standard library only, so that every CPython and the Python in a browser can run it.
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


def scripted_commands(match: Match, seed: int) -> Iterator[Command]:
    """The script's commands in a tick. Many are refused, which is compared too."""
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


def play(game_map: Map, seed: int) -> list[str]:
    """The hashes of one match."""
    match = Match.begin(game_map, seed=seed, difficulty=0, hp_percent=60)
    match.world.score[score.GOLD] += 2000
    hashes = []
    while match.tick < TICKS and match.outcome == score.PLAYING:
        match.step(list(scripted_commands(match, seed)))
        if match.tick % TICKS_BETWEEN == 0 or match.outcome != score.PLAYING:
            hashes.append(match.state_hash())
    return hashes


def golden(maps: Path) -> dict[str, dict[str, list[str]]]:
    """The hashes by map and seed."""
    played_maps = [read_map(path.read_text(encoding="utf-8")) for path in sorted(maps.glob("*.json"))]
    return {each.id: {str(seed): play(each, seed) for seed in SEEDS} for each in played_maps}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(golden(Path(sys.argv[1])), indent=1, sort_keys=True) + "\n")

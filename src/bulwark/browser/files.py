"""The files of a player, described for the page: the desktop's saves and replays are the browser's, too."""

from __future__ import annotations

import json
from typing import Any

from bulwark.saves import matches, replays
from bulwark.saves.envelope import kind_of
from bulwark.sim.layout import score
from bulwark.sim.maps import read_map


def describe(data: bytes, maps: str) -> str:
    """What the file is, as JSON: its kind, map and difficulty, and of a save the waves cleared.

    `maps` is a JSON list of the texts of all maps. Raises SaveError if the file is neither a save nor a replay, is
    damaged or newer, or of a map that is missing or has changed.
    """
    known = [read_map(text) for text in json.loads(maps)]
    described: dict[str, Any]
    if kind_of(bytes(data)) == replays.KIND:
        replay = replays.from_bytes(bytes(data))
        game_map = matches.find_map(replay._asdict(), known)
        described = {"kind": "replay", "map": game_map.id, "difficulty": replay.difficulty, "wave": 0}
    else:
        match = matches.from_bytes(bytes(data), known)
        numbers = match.world.score
        described = {
            "kind": "save",
            "map": match.game_map.id,
            "difficulty": int(numbers[score.DIFFICULTY]),
            "wave": int(numbers[score.CLEARED]),
        }
    return json.dumps(described)

"""A match as bytes, at any tick, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bulwark.errors import SaveError
from bulwark.saves.envelope import seal, unseal
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION, Match

KIND = "save"
VERSION = 2


def _with_called(document: dict[str, Any]) -> dict[str, Any]:
    """Version 2 counts the gold earned by starting waves early; version 1 did not know it."""
    state = _state(document)
    return document | {"state": {**state, "score": [*state.get("score", ()), 0]}}


# Migrations from each version to the next.
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _with_called}


def to_bytes(match: Match) -> bytes:
    """The match as a save."""
    document = {
        "core": CORE_VERSION,
        "map": match.game_map.id,
        "digest": match.game_map.digest,
        "state": match.export(),
    }
    return seal(document, kind=KIND, version=VERSION)


def from_bytes(data: bytes, maps: Iterable[Map], *, engine: Engine = INTERPRETED) -> Match:
    """The match in a save; older versions are migrated.

    Raises SaveError if the save is damaged, newer, or of a map that is missing from `maps` or has changed.
    """
    version, document = unseal(data, kind=KIND, newest=VERSION)
    for older in range(version, VERSION):
        document = MIGRATIONS[older](document)
    return Match.restore(find_map(document, maps), _state(document), engine=engine)


def find_map(document: Mapping[str, Any], maps: Iterable[Map]) -> Map:
    """The map of a save or a replay."""
    game_map = next((each for each in maps if each.digest == document.get("digest")), None)
    if game_map is None:
        name = document.get("map")
        raise SaveError(
            f"The map {name!r} is missing or has changed.", hint="Play it with the release that saved it."
        )
    return game_map


def _state(document: Mapping[str, Any]) -> Mapping[str, Any]:
    state = document.get("state")
    if not isinstance(state, dict) or not all(isinstance(column, list) for column in state.values()):
        raise SaveError("The save has no state.", hint="Resume from the last good checkpoint.")
    return state

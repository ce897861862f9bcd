"""A match as bytes, at any tick, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bulwark.errors import SaveError
from bulwark.saves.envelope import seal, unseal
from bulwark.sim import rules
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION, Match

KIND = "save"
VERSION = 3


def _with_called(document: dict[str, Any]) -> dict[str, Any]:
    """Version 2 counts the gold earned by starting waves early; version 1 did not know it."""
    state = _state(document)
    return document | {"state": {**state, "score": [*state.get("score", ()), 0]}}


def _with_legs_and_physics(document: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows the cell that each creep came from, what is left of a break, and the physical constants."""
    state = _state(document)
    added = {
        "creeps.leg": [0] * len(state.get("creeps.uid", ())),
        "physics": [constant.default for constant in rules.PHYSICS],
        "score": [*state.get("score", ()), 0, 0],
    }
    return document | {"state": {**state, **added}}


# Migrations from each version to the next.
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _with_called,
    2: _with_legs_and_physics,
}


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
    """The match in a save; older versions are migrated, and continue by the rules of today.

    Raises SaveError if the save is damaged, of a newer core, or of a map that is missing from `maps` or has changed.
    """
    version, document = unseal(data, kind=KIND, newest=VERSION)
    _check_core(document.get("core"))
    for older in range(version, VERSION):
        document = MIGRATIONS[older](document)
    return Match.restore(find_map(document, maps), _state(document), engine=engine)


def _check_core(core: object) -> None:
    if type(core) is not int or not 0 < core <= CORE_VERSION:
        known = f"this is {CORE_VERSION}"
        raise SaveError(f"The save is of core {core!r:.40}, {known}.", hint="Use the release that saved it.")


def find_map(document: Mapping[str, Any], maps: Iterable[Map]) -> Map:
    """The map of a save or a replay."""
    game_map = next((each for each in maps if each.digest == document.get("digest")), None)
    if game_map is None:
        name = document.get("map")
        raise SaveError(
            f"The map {name!r:.80} is missing or has changed.", hint="Play it with the release that saved it."
        )
    return game_map


def _state(document: Mapping[str, Any]) -> Mapping[str, Any]:
    state = document.get("state")
    if not isinstance(state, dict) or not all(isinstance(column, list) for column in state.values()):
        raise SaveError("The save has no state.", hint="Resume from the last good checkpoint.")
    return state

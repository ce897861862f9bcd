"""A match as bytes, at any tick, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from bulwark.errors import SaveError
from bulwark.saves.envelope import seal, unseal
from bulwark.saves.record import Record, from_document, to_document
from bulwark.sim import rules
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION, Match

KIND = "save"
VERSION = 4


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


def _without_record(document: dict[str, Any]) -> dict[str, Any]:
    """Version 4 has the record of the match, from which its replay is made; a match of version 3 has none."""
    return document | {"record": None}


class Saved(NamedTuple):
    """A match that was saved, and its record; None if it has none that this core can play."""

    match: Match
    record: Record | None


# Migrations from each version to the next.
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _with_called,
    2: _with_legs_and_physics,
    3: _without_record,
}


def to_bytes(match: Match, *, record: Record | None = None) -> bytes:
    """The match as a save, with its record if it was recorded from its start."""
    document = {
        "core": CORE_VERSION,
        "map": match.game_map.id,
        "digest": match.game_map.digest,
        "state": match.export(),
        "record": None if record is None else to_document(record),
    }
    return seal(document, kind=KIND, version=VERSION)


def from_bytes(data: bytes, maps: Iterable[Map], *, engine: Engine = INTERPRETED) -> Match:
    """The match in a save, without its record: see `read`."""
    return read(data, maps, engine=engine).match


def read(data: bytes, maps: Iterable[Map], *, engine: Engine = INTERPRETED) -> Saved:
    """The match in a save, and its record; older versions are migrated, and continue by the rules of today.

    Raises SaveError if the save is damaged, of a newer core, or of a map that is missing from `maps` or has changed.
    """
    version, document = unseal(data, kind=KIND, newest=VERSION)
    core = document.get("core")
    _check_core(core)
    for older in range(version, VERSION):
        document = MIGRATIONS[older](document)
    match = Match.restore(find_map(document, maps), _state(document), engine=engine)
    # The rules of another core lead elsewhere: what it recorded cannot be played by this one.
    kept = document.get("record") if core == CORE_VERSION else None
    return Saved(match, None if kept is None else from_document(kept))


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

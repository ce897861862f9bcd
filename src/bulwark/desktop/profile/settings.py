"""The player's settings and progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

import msgspec

from bulwark.desktop.input.bindings import Bindings
from bulwark.sim.layout import physics
from bulwark.sim.maps import Map
from bulwark.stars import MAX_STARS, stars_to_open

Volume: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The content of settings.json; `bindings` contains only the actions that differ from the defaults."""

    effects: Volume = 0.8
    music: Volume = 0.45
    muted: bool = False
    fullscreen: bool = False
    hints: bool = True
    larger_text: bool = False
    high_contrast: bool = False
    reduced_motion: bool = False
    bindings: Mapping[str, Sequence[str]] = {}
    physics: Mapping[
        str, Mapping[str, int]
    ] = {}  # profiles by name: the constants that differ from the defaults

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its location, if a binding or a profile names something unknown."""
        Bindings.from_changes(self.bindings)
        unknown = sorted({each for profile in self.physics.values() for each in profile} - set(physics.NAMES))
        if unknown:
            raise ValueError(f"Unknown physical constant: {unknown[0]!r}")

    def input_bindings(self) -> Bindings:
        """The codes of every action."""
        return Bindings.from_changes(self.bindings)


class Progress(msgspec.Struct, frozen=True):
    """The content of progress.json: the best stars by map and difficulty."""

    stars: Mapping[str, Mapping[str, Annotated[int, msgspec.Meta(ge=0, le=MAX_STARS)]]] = {}

    def of(self, map_id: str, difficulty: str) -> int:
        """The stars won, 0 if the map was not won yet."""
        return self.stars.get(map_id, {}).get(difficulty, 0)

    def best(self, map_id: str) -> int:
        """The most stars won on the map, whatever the difficulty."""
        return max(self.stars.get(map_id, {}).values(), default=0)

    @property
    def total(self) -> int:
        """The stars that open maps: the best of each map."""
        return sum(self.best(map_id) for map_id in self.stars)

    def stars_missing(self, game_map: Map, *, kept: bool) -> int:
        """How many more stars open the map; none if it was won, or a match is kept there."""
        if kept or self.best(game_map.id):
            return 0
        return max(stars_to_open(game_map.order) - self.total, 0)

    def won(self, map_id: str, *, difficulty: str, stars: int) -> Progress:
        """The progress after a win; keeps the better result."""
        best = max(stars, self.of(map_id, difficulty))
        on_map = {**self.stars.get(map_id, {}), difficulty: best}
        return Progress({**self.stars, map_id: on_map})

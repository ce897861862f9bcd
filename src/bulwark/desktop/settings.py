"""What the player has set, and how far they have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

import msgspec

from bulwark.desktop.input.bindings import Bindings

Volume: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
MOST_STARS = 3


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of settings.json; `bindings` holds only the actions whose codes differ from the defaults."""

    effects: Volume = 0.8
    music: Volume = 0.45
    muted: bool = False
    fullscreen: bool = False
    hints: bool = True
    bindings: Mapping[str, Sequence[str]] = {}

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec tells with its place, where a binding names no action or no code."""
        Bindings.of_changes(self.bindings)

    def input_map(self) -> Bindings:
        """The codes of every action."""
        return Bindings.of_changes(self.bindings)


class Progress(msgspec.Struct, frozen=True):
    """The content of progress.json: the best stars by map and difficulty."""

    stars: Mapping[str, Mapping[str, Annotated[int, msgspec.Meta(ge=0, le=MOST_STARS)]]] = {}

    def of(self, map_id: str, difficulty: str) -> int:
        """0 where it was not won yet."""
        return self.stars.get(map_id, {}).get(difficulty, 0)

    def won(self, map_id: str, *, difficulty: str, stars: int) -> Progress:
        """After a match was won: the better of now and before."""
        best = max(stars, self.of(map_id, difficulty))
        on_map = {**self.stars.get(map_id, {}), difficulty: best}
        return Progress({**self.stars, map_id: on_map})


def stars_of(*, lives: int, of: int) -> int:
    """Three where nothing has come through, two with at least half of the lives left, one for any other win."""
    if lives <= 0:
        return 0
    return 1 + (lives * 2 >= of) + (lives >= of)

"""The players: archetypes, and what is drawn once for each player."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of player: its share, the chance of leaving after a session, the median days between sessions."""

    name: str
    share: float
    leaves: float
    gap_days: float


# Players of a free game.
VISITORS: Sequence[Archetype] = (
    Archetype("taster", 0.60, 0.66, 1.6),
    Archetype("regular", 0.32, 0.20, 1.1),
    Archetype("core", 0.08, 0.03, 0.6),
)
# Paying players: fewer tasters, and all leave less easily.
SUBSCRIBERS: Sequence[Archetype] = (
    Archetype("taster", 0.40, 0.10, 1.6),
    Archetype("regular", 0.48, 0.03, 1.1),
    Archetype("core", 0.12, 0.005, 0.6),
)

_GAP_SPREAD = 0.9
_GROWTH_MEDIAN, _GROWTH_SPREAD = 0.25, 0.5
_GIVES_UP = 0.35
_ID_BITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One player: `theta` is the initial skill in logits, and `growth` the gain per log of matches played.

    After `persistence` losses in a row the player is about to give up. The `treated` half gets an easier level after three
    losses in a row.
    """

    id: str
    archetype: Archetype
    theta: float
    growth: float
    persistence: int
    treated: bool

    def skill(self, matches: int) -> float:
        """The skill in logits after this many matches."""
        return self.theta + self.growth * math.log1p(matches)


def draw_player(rng: Random, archetypes: Sequence[Archetype]) -> Player:
    """A player of one of the `archetypes`, drawn by their shares."""
    player_id = f"p-{rng.getrandbits(_ID_BITS):016x}"
    return Player(
        id=player_id,
        archetype=rng.choices(archetypes, [each.share for each in archetypes])[0],
        theta=rng.gauss(0, 1),
        growth=math.exp(rng.gauss(math.log(_GROWTH_MEDIAN), _GROWTH_SPREAD)),
        persistence=1 + int(math.log(1 - rng.random()) / math.log(1 - _GIVES_UP)),
        treated=is_treated(player_id),
    )


def days_until_next(rng: Random, archetype: Archetype) -> float:
    """Days from one session to the next."""
    return math.exp(rng.gauss(math.log(archetype.gap_days), _GAP_SPREAD))


def is_treated(player_id: str) -> bool:
    """Whether the player is in the treated half: decided by the id alone, so that it can be checked."""
    return hashlib.sha256(b"eased " + player_id.encode()).digest()[0] % 2 == 1

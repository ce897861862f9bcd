"""The events a game reports, one function each: their names and properties are defined only here.

Times are whole seconds of match time, 30 ticks each; pauses do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = str | int | float | bool | None
Source: TypeAlias = Literal["person", "played", "odds"]
EVENTS_DROPPED = "events_dropped"


@dataclass(frozen=True, slots=True)
class Event:
    """Something a player did or experienced, by name."""

    name: str
    properties: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """The properties common to all events of a match.

    `match` identifies it. `source` is who played: a person, a bot through the core, or nobody, if the result comes from odds
    fitted on the bots' matches.
    """

    match: str
    map: str
    difficulty: str
    level: int | None = None
    source: Source = "person"

    def properties(self) -> dict[str, Value]:
        """The facts as properties; a match outside a campaign has no level."""
        level = {} if self.level is None else {"level": self.level}
        return {
            "match": self.match,
            "map": self.map,
            "difficulty": self.difficulty,
            **level,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEnd:
    """How a match went."""

    won: bool
    waves_cleared: int
    seconds: int
    towers_built: int
    towers_sold: int
    lives_left: int
    tweaked: bool = False


def session_started() -> Event:
    """The game was opened."""
    return Event("session_started", {})


def session_ended(*, seconds: int, matches: int, wins: int, source: Source = "person") -> Event:
    """The game was closed; `source` is "odds" if any of its matches was decided by odds."""
    return Event("session_ended", {"seconds": seconds, "matches": matches, "wins": wins, "source": source})


def match_started(facts: MatchFacts, *, eased: float = 0.0) -> Event:
    """A match began; `eased` is by how many logits it was made easier after losses."""
    return Event("match_started", facts.properties() | ({"eased": eased} if eased else {}))


def wave_cleared(facts: MatchFacts, *, wave: int, seconds: int, lives: int) -> Event:
    """A wave was cleared, `seconds` after it started; `wave` counts from 1."""
    return Event("wave_cleared", facts.properties() | {"wave": wave, "seconds": seconds, "lives": lives})


def tower_built(facts: MatchFacts, *, tower: str, column: int, row: int, wave: int) -> Event:
    """A tower was built; `wave` is how many waves have started."""
    place: dict[str, Value] = {"tower": tower, "column": column, "row": row, "wave": wave}
    return Event("tower_built", facts.properties() | place)


def tower_upgraded(facts: MatchFacts, *, tower: str, variant: int, wave: int) -> Event:
    """A tower was upgraded: `variant` is 1 or 2, or 3 or 4 for the branches."""
    return Event("tower_upgraded", facts.properties() | {"tower": tower, "variant": variant, "wave": wave})


def tower_sold(facts: MatchFacts, *, tower: str, refund: int, wave: int) -> Event:
    """A tower was sold."""
    return Event("tower_sold", facts.properties() | {"tower": tower, "refund": refund, "wave": wave})


def match_ended(facts: MatchFacts, end: MatchEnd) -> Event:
    """`match_won` or `match_lost`."""
    result: dict[str, Value] = {
        "waves_cleared": end.waves_cleared,
        "seconds": end.seconds,
        "towers_built": end.towers_built,
        "towers_sold": end.towers_sold,
        "lives_left": end.lives_left,
    }
    result |= _tweaked(end.tweaked)
    return Event("match_won" if end.won else "match_lost", facts.properties() | result)


def match_left(facts: MatchFacts, *, waves_cleared: int, seconds: int, tweaked: bool = False) -> Event:
    """The player left a match before its end."""
    known: dict[str, Value] = {"waves_cleared": waves_cleared, "seconds": seconds}
    return Event("match_left", facts.properties() | known | _tweaked(tweaked))


def _tweaked(tweaked: bool) -> dict[str, Value]:  # noqa: FBT001  it is the property's own value
    """Said only of a match whose physics was changed: it is no evidence about the game as it is."""
    return {"tweaked": True} if tweaked else {}


def events_dropped(count: int) -> Event:
    """This many older events were dropped while nothing could be sent, so counts are too low."""
    return Event(EVENTS_DROPPED, {"count": count})

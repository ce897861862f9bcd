"""Players of a free game: each arrives once, plays session after session, and eventually leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bulwark.bots.population.archetypes import VISITORS, Player, days_until_next, draw_player
from bulwark.bots.population.career import Career, PlaySession
from bulwark.bots.population.hours import session_start
from bulwark.bots.population.referee import Referee

_BREAK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Visit:
    """A session and when it started."""

    at: datetime
    session: PlaySession


@dataclass(frozen=True, slots=True)
class Visitor:
    """Everything a player did in the simulated period."""

    player: Player
    career: Career
    visits: Sequence[Visit]

    @property
    def has_left(self) -> bool:
        """Whether the player left after the last session."""
        return self.visits[-1].session.leaves


def visitors(seed: int, *, count: int, start: datetime, days: int, referee: Referee) -> Iterator[Visitor]:
    """`count` players who arrive during the `days` from the midnight `start`.

    Each has its own randomness, except for the bots' matches: a record used by one player is not available to the next.
    """
    for number in range(count):
        rng = Random(f"{seed}/visitor/{number}")  # noqa: S311  a simulation, not a secret
        yield _visitor(draw_player(rng, VISITORS), rng, start=start, days=days, referee=referee)


def _visitor(player: Player, rng: Random, *, start: datetime, days: int, referee: Referee) -> Visitor:
    career = Career(player, rng)
    visits: list[Visit] = []
    day, free_from = rng.random() * days, start
    while True:
        at = max(session_start(start, day), free_from)
        session = career.session(referee)
        visits.append(Visit(at, session))
        free_from = at + timedelta(seconds=session.seconds) + _BREAK
        day += days_until_next(rng, player.archetype)
        if session.leaves or day >= days:
            return Visitor(player, career, visits)

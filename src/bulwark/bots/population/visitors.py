"""Players of a free game: each arrives once, plays session after session, and leaves for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bulwark.bots.population.archetypes import VISITORS, Player, days_until_next, draw_player
from bulwark.bots.population.career import Career, Session
from bulwark.bots.population.hours import moment
from bulwark.bots.population.referee import Referee

_BREATH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Visit:
    """A session and when it began."""

    at: datetime
    session: Session


@dataclass(frozen=True, slots=True)
class Visitor:
    """All that a player did within the time looked at."""

    player: Player
    career: Career
    visits: Sequence[Visit]

    @property
    def has_left(self) -> bool:
        """Whether the last session was the last for good."""
        return self.visits[-1].session.leaves


def visitors(seed: int, *, count: int, start: datetime, days: int, referee: Referee) -> Iterator[Visitor]:
    """`count` players who arrive in the `days` from the midnight `start` on.

    Each has randomness of its own, but for the matches of bots: a record that one player took is gone for the next.
    """
    for number in range(count):
        rng = Random(f"{seed}/visitor/{number}")  # noqa: S311  a simulation, not a secret
        yield _visitor(draw_player(rng, VISITORS), rng, start=start, days=days, referee=referee)


def _visitor(player: Player, rng: Random, *, start: datetime, days: int, referee: Referee) -> Visitor:
    career = Career(player, rng)
    visits: list[Visit] = []
    day, free_from = rng.random() * days, start
    while True:
        at = max(moment(start, day), free_from)
        session = career.session(referee)
        visits.append(Visit(at, session))
        free_from = at + timedelta(seconds=session.seconds) + _BREATH
        day += days_until_next(rng, player.archetype)
        if session.leaves or day >= days:
            return Visitor(player, career, visits)

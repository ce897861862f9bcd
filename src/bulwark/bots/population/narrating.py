"""What a player's game tells of a session: Segment calls, as `bulwark.telemetry` makes them for people.

Matches are told by their end. Of one that the odds decided only that is told which they know: who won, and how long
it took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from bulwark.bots.population.career import MatchPlayed, Session
from bulwark.telemetry import events
from bulwark.telemetry.envelope import Sender, encode, track
from bulwark.telemetry.events import Event, MatchFacts, Source, Value


class Told(NamedTuple):
    """An encoded call and its instant; ordered by that, then by the message's id, which no two share."""

    at: datetime
    message_id: str
    call: bytes
    event: Event


class Narrator:
    """Tells what one sender does; message ids are the sender's own, counted from 1."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._count = 0

    def tell(self, event: Event, at: datetime) -> Told:
        """One event."""
        self._count += 1
        message_id = f"{self._sender.user_id or self._sender.anonymous_id}-{self._count:05}"
        call = track(event, sender=self._sender, message_id=message_id, at=at)
        return Told(at, message_id, encode(call), event)

    def tell_session(self, session: Session, at: datetime) -> Iterator[Told]:
        """A session that began at `at`: each match at its end, then the session's own."""
        for match in session.matches:
            at += timedelta(seconds=match.decision.seconds)
            yield self.tell(match_ended(match), at)
        is_played = all(match.decision.record is not None for match in session.matches)
        source: Source = "played" if is_played else "odds"
        ended = events.session_ended(
            seconds=session.seconds, matches=len(session.matches), wins=session.wins, source=source
        )
        yield self.tell(ended, at)


def match_ended(match: MatchPlayed) -> Event:
    """`match_won` or `match_lost`, with all that is known of it."""
    decision, record = match.decision, match.decision.record
    eased: Mapping[str, Value] = {"eased": match.eased} if match.eased else {}
    if record is None:
        known: Mapping[str, Value] = {
            "map": decision.map,
            "level": match.level,
            "source": "odds",
            "seconds": decision.seconds,
        }
        return Event("match_won" if decision.won else "match_lost", {**known, **eased})
    facts = MatchFacts(f"{record.map}-{record.seed}", record.map, "normal", match.level, "played")
    end = events.MatchEnd(
        won=record.won,
        waves_cleared=record.waves_cleared,
        seconds=record.seconds,
        towers_built=record.towers_built,
        towers_sold=record.towers_sold,
        lives_left=record.lives_left,
    )
    event = events.match_ended(facts, end)
    return Event(event.name, {**event.properties, **eased})

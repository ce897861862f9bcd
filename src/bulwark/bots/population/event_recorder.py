"""The events of a player's session: Segment calls, as `bulwark.telemetry` creates them for people.

A match is reported at its end. For a match decided by odds only what they determine is reported: who won, and how long
it took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from bulwark.bots.population.career import CareerMatch, PlaySession
from bulwark.telemetry import events
from bulwark.telemetry.envelope import Sender, encode, track
from bulwark.telemetry.events import Event, MatchFacts, Source, Value


class TimedCall(NamedTuple):
    """An encoded call and its time; ordered by time, then by the unique message id."""

    at: datetime
    message_id: str
    call: bytes
    event: Event


class EventRecorder:
    """Records what one sender does; message ids are the sender's id with a counter from 1."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._count = 0

    def record(self, event: Event, at: datetime) -> TimedCall:
        """Record one event."""
        self._count += 1
        message_id = f"{self._sender.user_id or self._sender.anonymous_id}-{self._count:05}"
        call = track(event, sender=self._sender, message_id=message_id, at=at)
        return TimedCall(at, message_id, encode(call), event)

    def record_session(self, session: PlaySession, at: datetime) -> Iterator[TimedCall]:
        """Record a session that started at `at`: each match at its end, then the session's own event."""
        for match in session.matches:
            at += timedelta(seconds=match.decision.seconds)
            yield self.record(match_ended(match), at)
        is_played = all(match.decision.record is not None for match in session.matches)
        source: Source = "played" if is_played else "odds"
        ended = events.session_ended(
            seconds=session.seconds, matches=len(session.matches), wins=session.wins, source=source
        )
        yield self.record(ended, at)


def match_ended(match: CareerMatch) -> Event:
    """`match_won` or `match_lost`, with everything known about the match."""
    decision, played = match.decision, match.decision.record
    eased: Mapping[str, Value] = {"eased": match.eased} if match.eased else {}
    if played is None:
        known: Mapping[str, Value] = {
            "map": decision.map,
            "level": match.level,
            "source": "odds",
            "seconds": decision.seconds,
        }
        return Event("match_won" if decision.won else "match_lost", {**known, **eased})
    facts = MatchFacts(f"{played.map}-{played.seed}", played.map, "normal", match.level, "played")
    end = events.MatchEnd(
        won=played.won,
        waves_cleared=played.waves_cleared,
        seconds=played.seconds,
        towers_built=played.towers_built,
        towers_sold=played.towers_sold,
        lives_left=played.lives_left,
    )
    event = events.match_ended(facts, end)
    return Event(event.name, {**event.properties, **eased})

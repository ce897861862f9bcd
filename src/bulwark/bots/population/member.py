"""One player of an account: plays, stops, and may return while someone pays for it.

A visitor of a free game leaves permanently; a subscriber stops for a while. Being paid for, and other guild members who
keep playing, brings some of them back. Whether the account is cancelled meanwhile is up to the account.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from bulwark.bots.population.archetypes import SUBSCRIBERS, Player, days_until_next, draw_player
from bulwark.bots.population.career import Career
from bulwark.bots.population.event_recorder import EventRecorder, TimedCall
from bulwark.bots.population.hours import session_start
from bulwark.bots.population.referee import Referee
from bulwark.telemetry.envelope import Sender

# Most return within days; the longer it has been, the less likely it becomes.
_RETURNS, _RETURNS_AFTER = 1.6, 3
_OTHERS_PLAY_FACTOR = 1.6
_BREAK = timedelta(minutes=10)


class Member:
    """A player from the day `joins` on; days are counted from the midnight `epoch`."""

    def __init__(self, rng: Random, *, account_id: str, epoch: datetime, joins: int) -> None:
        self.player: Player = draw_player(rng, SUBSCRIBERS)
        self.career = Career(self.player, rng)
        self._rng = rng
        self._epoch = epoch
        self._narrator = EventRecorder(Sender(user_id=self.player.id, group=account_id))
        self._free_from = epoch
        self._next_at = joins + rng.random()
        self._away_since: int | None = None
        self.sessions = 0

    def fork(self, rng: Random) -> Member:
        """A twin in the same state that goes its own way from here by `rng`; its sessions should not be recorded."""
        twin = copy.copy(self)
        twin._rng = rng  # noqa: SLF001  of the same class
        twin.career = copy.copy(self.career)
        twin.career.rng = rng
        return twin

    @property
    def is_away(self) -> bool:
        """Whether the player has stopped playing."""
        return self._away_since is not None

    def days_away(self, day: int) -> int:
        """For how many days the player has not played."""
        return 0 if self._away_since is None else day - self._away_since

    def play(self, day: int, referee: Referee, *, recorded: bool) -> Iterator[TimedCall]:
        """The sessions of `day`; an unrecorded session happens too, but yields no calls."""
        while self._away_since is None and self._next_at < day + 1:
            at = max(session_start(self._epoch, self._next_at), self._free_from)
            session = self.career.session(referee, recorded=recorded)
            self.sessions += 1
            if recorded:
                yield from self._narrator.record_session(session, at)
            self._free_from = at + timedelta(seconds=session.seconds) + _BREAK
            self._next_at += days_until_next(self._rng, self.player.archetype)
            if session.leaves:
                self.stop_playing(day)

    def stop_playing(self, day: int) -> None:
        """Stop playing."""
        self._away_since = day

    def resume_playing(self, day: int) -> None:
        """Play again from `day` on."""
        self._away_since = None
        self._next_at = day + self._rng.random()

    def maybe_return(self, day: int, *, others_play: bool) -> None:
        """Play again, or not: more likely if other guild members play."""
        if self._away_since is None:
            return
        chance = _RETURNS / (_RETURNS_AFTER + self.days_away(day))
        if self._rng.random() < chance * (_OTHERS_PLAY_FACTOR if others_play else 1):
            self.resume_playing(day)

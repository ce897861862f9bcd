"""One player of an account: plays, puts the game away, and may take it up again while somebody pays for it.

Where a visitor of a free game leaves for good, a subscriber puts it away; that it is paid for and that others of the
guild play on brings some back. Whether the account is cancelled meanwhile is the account's affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from bulwark.bots.population.archetypes import SUBSCRIBERS, Player, days_until_next, draw_player
from bulwark.bots.population.career import Career
from bulwark.bots.population.hours import moment
from bulwark.bots.population.narrating import Narrator, Told
from bulwark.bots.population.referee import Referee
from bulwark.telemetry.envelope import Sender

# Most come back within days; the longer it has been, the less likely it becomes.
_COMES_BACK, _COMES_BACK_AFTER = 1.6, 3
_OTHERS_PLAY = 1.6
_BREATH = timedelta(minutes=10)


class Member:
    """A player from the day `joins` on; days count from the midnight `epoch`."""

    def __init__(self, rng: Random, *, account_id: str, epoch: datetime, joins: int) -> None:
        self.player: Player = draw_player(rng, SUBSCRIBERS)
        self.career = Career(self.player, rng)
        self._rng = rng
        self._epoch = epoch
        self._narrator = Narrator(Sender(user_id=self.player.id, group=account_id))
        self._free_from = epoch
        self._next_at = joins + rng.random()
        self._away_since: int | None = None
        self.sessions = 0

    @property
    def is_away(self) -> bool:
        """Whether the game is put away."""
        return self._away_since is not None

    def days_away(self, day: int) -> int:
        """For how many days it has been put away."""
        return 0 if self._away_since is None else day - self._away_since

    def play(self, day: int, referee: Referee, *, recorded: bool) -> Iterator[Told]:
        """The sessions of `day`; what is not `recorded` happens too, and is not told."""
        while self._away_since is None and self._next_at < day + 1:
            at = max(moment(self._epoch, self._next_at), self._free_from)
            session = self.career.session(referee, recorded=recorded)
            self.sessions += 1
            if recorded:
                yield from self._narrator.tell_session(session, at)
            self._free_from = at + timedelta(seconds=session.seconds) + _BREATH
            self._next_at += days_until_next(self._rng, self.player.archetype)
            if session.leaves:
                self.put_away(day)

    def put_away(self, day: int) -> None:
        """Stop playing."""
        self._away_since = day

    def take_up(self, day: int) -> None:
        """Play again, from `day` on."""
        self._away_since = None
        self._next_at = day + self._rng.random()

    def may_take_up(self, day: int, *, others_play: bool) -> None:
        """Play again, or not: likelier where others of the guild do."""
        if self._away_since is None:
            return
        chance = _COMES_BACK / (_COMES_BACK_AFTER + self.days_away(day))
        if self._rng.random() < chance * (_OTHERS_PLAY if others_play else 1):
            self.take_up(day)

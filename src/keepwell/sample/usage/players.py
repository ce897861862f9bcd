"""Named players: one for an individual, one per seat for a guild; each is a bot of the game."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from bulwark.bots.population.event_recorder import TimedCall
from bulwark.bots.population.member import Member
from bulwark.bots.population.referee import Referee
from keepwell.sample.model import Account, at_hour
from keepwell.sample.twins import twin_of

# After so many days without anyone playing nothing is left.
_GONE_AFTER = 28


class Players:
    """The players of one account; `former` ones have left it."""

    def __init__(self, account: Account, *, rng: Random, referee: Referee) -> None:
        self.members: list[Member] = []
        self.former: list[Member] = []
        self._account = account
        self._rng = rng
        self._referee = referee
        self._epoch = at_hour(account.signed_up_on, 0)

    def use(self, day: date, *, recorded: bool) -> Iterator[TimedCall]:
        """Each member returns, or not, and plays."""
        number = self._number(day)
        for member in self.members:
            others_play = any(not other.is_away for other in self.members if other is not member)
            member.maybe_return(number, others_play=others_play)
            yield from member.play(number, self._referee, recorded=recorded)

    def disuse(self, day: date) -> float:
        """By the days since anyone played."""
        number = self._number(day)
        return min(min(member.days_away(number) for member in self.members) / _GONE_AFTER, 1.0)

    def is_hurt(self, day: date) -> bool:  # noqa: ARG002  see Usage
        """The bad release left players alone."""
        return False

    def resize(self, seats: int, day: date) -> None:
        """Add players, or remove those who have been away longest."""
        number = self._number(day)
        while len(self.members) < seats:
            rng = Random(f"{self._rng.getrandbits(64)}/member")  # noqa: S311  a simulation, not a secret
            self.members.append(
                Member(rng, account_id=self._account.account_id, epoch=self._epoch, joins=number)
            )
        while len(self.members) > seats:
            longest = max(self.members, key=lambda member: member.days_away(number))
            self.members.remove(longest)
            self.former.append(longest)

    def resume(self, day: date) -> None:
        """All play again."""
        for member in self.members:
            member.resume_playing(self._number(day))

    def fork(self, rng: Random, *, surprises: bool = True) -> Players:  # noqa: ARG002  see Usage
        """Twins of all players; see Usage."""
        members = [member.fork(rng) for member in self.members]
        return twin_of(self, _rng=rng, members=members, former=[])

    def _number(self, day: date) -> int:
        return (day - self._account.signed_up_on).days

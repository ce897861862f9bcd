"""The year's follow-ups: some who used the game less were enrolled, and a coin decided who was contacted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from keepwell.sample.hazard import CONTACT_LASTS
from keepwell.sample.model import at_hour
from keepwell.sample.twins import twin_of

HORIZON = timedelta(days=30)
_QUIET_FROM = 0.4
_ENROLLED = 0.12
_PAUSE = timedelta(days=60)
_DELAY_DAYS = (1, 4)
_WORTH_A_CALL = 10_000
_FEWEST_CENTS = 1_000


@dataclass(slots=True, kw_only=True)
class FollowUp:
    """One enrolment; `contacted_at` is None in the arm `hold`, and if the account had cancelled first."""

    arm: str
    enrolled_on: date
    channel: str
    due_at: datetime
    contacted_at: datetime | None = None


class FollowUps:
    """Enrols one account, at most once in 60 days; with `contacts` off the same are enrolled and nobody is contacted."""

    def __init__(self, rng: Random, *, contacts: bool) -> None:
        self.rows: list[FollowUp] = []
        self._rng = rng
        self._contacts = contacts

    def consider(self, day: date, *, disuse: float, monthly_cents: int) -> None:
        """Enrol the account if it has become quiet and pays enough, sooner or later."""
        if disuse < _QUIET_FROM or monthly_cents < _FEWEST_CENTS:
            return
        if self.rows and day < self.rows[-1].enrolled_on + _PAUSE:
            return
        rng = self._rng
        if rng.random() < _ENROLLED:
            due = day + timedelta(days=rng.randint(*_DELAY_DAYS))
            self.rows.append(
                FollowUp(
                    arm=rng.choice(("act", "hold")),
                    enrolled_on=day,
                    channel="phone" if monthly_cents >= _WORTH_A_CALL else "mail",
                    due_at=at_hour(due, rng.randint(9, 16), rng.randrange(60)),
                )
            )

    def contact(self, day: date) -> None:
        """Contact the account, if that is due on `day`."""
        if not self.rows or not self._contacts:
            return
        newest = self.rows[-1]
        if newest.arm == "act" and newest.due_at.date() == day:
            newest.contacted_at = newest.due_at

    def is_treated(self, day: date) -> bool:
        """Whether a contact is recent enough to have an effect: from its own day, for 30 days."""
        if not self.rows or self.rows[-1].contacted_at is None:
            return False
        return day < self.rows[-1].contacted_at.date() + CONTACT_LASTS

    def fork(self, rng: Random, *, contacts: bool) -> FollowUps:
        """A twin; without `contacts` also the effect of the past ones is gone."""
        rows = [twin_of(row) if contacts else twin_of(row, contacted_at=None) for row in self.rows[-1:]]
        return twin_of(self, _rng=rng, _contacts=contacts, rows=rows)

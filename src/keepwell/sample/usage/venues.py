"""Organisations: cafés, schools and streamers, whose seats are used by anybody; one report a day instead of each match.

Whether an organisation uses what it pays for is a level, 1 if as usual. It falls day by day while the organisation is
losing interest, and rises once that has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bulwark.bots.population.event_recorder import EventRecorder, TimedCall
from bulwark.telemetry.envelope import Sender
from bulwark.telemetry.events import Event
from keepwell.sample.model import Account, Kind, at_hour
from keepwell.sample.twins import twin_of

_USUAL_SHARE = (0.35, 0.8)
_SPREAD = 0.18
_DECLINES, _RECOVERS = 1 / 160, 1 / 50
_FALLS, _RISES, _LOWEST = 0.93, 1.08, 0.04
_SATURDAY = 5
_CLOSED = {Kind.CAFE: frozenset({0}), Kind.SCHOOL: frozenset({5, 6}), Kind.STREAMER: frozenset({1, 3})}
# An event besides the report, and its chance on an open day with usual use.
_OCCASIONS = {
    Kind.CAFE: ("tournament_held", 0.15),
    Kind.SCHOOL: ("lesson_assigned", 0.35),
    Kind.STREAMER: ("stream_ended", 0.75),
}
_CONSOLE_OPENED = 0.4
# The share of organisations of the segment that the bad release hits, and the days until it is forgotten.
_HIT_SHARE, _FORGOTTEN_AFTER = 0.6, 60
_TICKET = 0.12
HURT_KIND = Kind.CAFE


@dataclass(slots=True)
class _State:
    level: float = 1.0
    is_declining: bool = False
    hurt_on: date | None = None


class Venue:
    """One organisation; the bad release comes out on `release_on`."""

    def __init__(self, account: Account, *, rng: Random, release_on: date) -> None:
        self._kind = account.kind
        self._rng = rng
        self._release_on = release_on
        self._usual = rng.uniform(*_USUAL_SHARE)
        self._seats = 0
        self._state = _State()
        sender = Sender(user_id=f"{account.account_id}-console", group=account.account_id)
        self._recorder = EventRecorder(sender)

    def use(self, day: date, *, recorded: bool) -> Iterator[TimedCall]:
        """Interest changes, then the doors open, or not."""
        self._drift(day)
        if day.weekday() in _CLOSED[self._kind] or not recorded or _is_holiday(self._kind, day):
            return
        level = self._state.level
        if self._rng.random() < min(1.0, 1.15 * level):
            yield from self._open(day)
        if self.is_hurt(day) and self._rng.random() < _TICKET:
            yield self._recorder.record(
                Event("ticket_opened", {"about": "stations freeze"}), at_hour(day, 15)
            )

    def disuse(self, day: date) -> float:  # noqa: ARG002  see Usage
        """By the level; holidays count as usual."""
        return 1 - self._state.level

    def is_hurt(self, day: date) -> bool:
        """Whether the release hit this organisation, and not long ago."""
        hurt_on = self._state.hurt_on
        return hurt_on is not None and day < hurt_on + timedelta(days=_FORGOTTEN_AFTER)

    def resize(self, seats: int, day: date) -> None:  # noqa: ARG002  see Usage
        """Change the number of seats."""
        self._seats = seats

    def resume(self, day: date) -> None:  # noqa: ARG002  see Usage
        """Use as usual."""
        self._state = _State(hurt_on=self._state.hurt_on)

    def fork(self, rng: Random, *, surprises: bool = True) -> Venue:
        """A twin; see Usage."""
        twin = twin_of(self, _rng=rng, _state=twin_of(self._state))
        return twin if surprises else twin_of(twin, _release_on=date.max)

    def _drift(self, day: date) -> None:
        state = self._state
        changes = self._rng.random() < (_RECOVERS if state.is_declining else _DECLINES)
        if changes and not (state.is_declining and self.is_hurt(day)):
            state.is_declining = not state.is_declining
        if day == self._release_on and self._kind is HURT_KIND and self._rng.random() < _HIT_SHARE:
            state.hurt_on, state.is_declining = day, True
        state.level = (
            max(state.level * _FALLS, _LOWEST) if state.is_declining else min(state.level * _RISES, 1.0)
        )

    def _open(self, day: date) -> Iterator[TimedCall]:
        rng, level = self._rng, self._state.level
        if rng.random() < _CONSOLE_OPENED * level:
            yield self._recorder.record(Event("console_opened", {}), at_hour(day, 9, rng.randrange(60)))
        share = (
            self._usual * level * (1 + rng.gauss(0, _SPREAD)) * (1.2 if day.weekday() >= _SATURDAY else 1.0)
        )
        used = min(max(round(self._seats * share), 0), self._seats)
        if used:
            name, chance = _OCCASIONS[self._kind]
            if rng.random() < chance * level:
                yield self._recorder.record(
                    Event(name, {"players": used}), at_hour(day, 17, rng.randrange(60))
                )
            report = {"seats": self._seats, "seats_used": used, "sessions": used + rng.randrange(used + 1)}
            yield self._recorder.record(Event("seats_reported", report), at_hour(day, 22, rng.randrange(60)))


def _is_holiday(kind: Kind, day: date) -> bool:
    """Schools close in summer and around the new year."""
    as_number = day.month * 100 + day.day
    return kind is Kind.SCHOOL and (712 <= as_number <= 825 or as_number >= 1220 or as_number <= 104)  # noqa: PLR2004  month and day

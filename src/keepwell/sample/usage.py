"""The product events of one account on one day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from keepwell.sample.model import Event

_FEATURES = ("project_created", "task_completed", "comment_added", "report_viewed", "file_uploaded", "export")
_FEATURE_WEIGHTS = (6, 34, 26, 18, 12, 4)
_FEATURES_PER_SESSION = 1.9
_TICKET_PER_SESSION = 0.012
_WEEKDAY_FACTORS = (1.15, 1.2, 1.2, 1.15, 1.0, 0.3, 0.25)
_SESSIONS_PER_DAY = 0.19
_SPREAD_BETWEEN_ACCOUNTS = 0.6
_NOON_SECONDS, _SPREAD_SECONDS = 13 * 3600, 3 * 3600
_LAST_SECOND = 21 * 3600
_LONGEST_SESSION_SECONDS = 2 * 3600


class Usage:
    """An account's habits: how often it comes, on what device."""

    def __init__(self, rng: Random, *, account_id: str) -> None:
        self._rng = rng
        self._account_id = account_id
        self._rate = _SESSIONS_PER_DAY * math.exp(rng.gauss(0, _SPREAD_BETWEEN_ACCOUNTS))
        self._mobile_share = rng.betavariate(1.5, 5)

    def on(self, day: date, *, level: float, seats: int) -> Iterator[Event]:
        """The events of `day` at an engagement of `level`."""
        rate = self._rate * level * math.sqrt(seats) * _WEEKDAY_FACTORS[day.weekday()]
        for _ in range(poisson(self._rng, rate)):
            yield from self._session(self._moment(day))

    def event(self, day: date, name: str, *, source: str) -> Event:
        """A single event at some moment of `day`."""
        return Event(self._moment(day), self._account_id, name, source)

    def _session(self, begin: datetime) -> Iterator[Event]:
        source = "mobile" if self._rng.random() < self._mobile_share else "web"
        steps = poisson(self._rng, _FEATURES_PER_SESSION)
        duration = min(int(60 + steps * self._rng.expovariate(1 / 180)), _LONGEST_SESSION_SECONDS)
        yield Event(begin, self._account_id, "login", source, duration)
        for feature in self._rng.choices(_FEATURES, _FEATURE_WEIGHTS, k=steps):
            at = begin + timedelta(seconds=self._rng.randrange(duration))
            yield Event(at, self._account_id, feature, source)
        if self._rng.random() < _TICKET_PER_SESSION:
            yield Event(begin + timedelta(seconds=duration), self._account_id, "support_ticket", source)

    def _moment(self, day: date) -> datetime:
        seconds = self._rng.gauss(_NOON_SECONDS, _SPREAD_SECONDS)
        return datetime.combine(day, time(), UTC) + timedelta(seconds=int(min(max(seconds, 0), _LAST_SECOND)))


def poisson(rng: Random, rate: float) -> int:
    """A Poisson number by Knuth's product of uniforms, which is quick for the small rates here."""
    count, product, limit = 0, rng.random(), math.exp(-rate)
    while product > limit:
        count += 1
        product *= rng.random()
    return count

"""How much an account cares: a hidden level that drifts, and what it makes likely.

Most who leave of their own will fade first, over weeks; many fade and come back; a few leave out of
the blue. Nothing of this is exported: only the events that it makes more or less frequent are.
"""

from __future__ import annotations

import math
from random import Random

_NOISE_PER_DAY = 0.16
_NOISE_KEPT = 0.94
_FADE_PER_DAY = 0.045
_RECOVERY_PER_DAY = 0.10
_DEEPEST = 0.12

_STARTS_FADING = 1 / 260
_STOPS_FADING = 1 / 55
_LEAVES_FADED = 1 / 26
_LEAVES_UNANNOUNCED = 1 / 4200
_NEWCOMER_DAYS = 90
_NEWCOMER_FACTOR = 1.7


class Engagement:
    """One account's level, around 1 when all is well."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._noise = rng.gauss(0, 0.4)
        self._presence = 1.0
        self._fading = False
        self._fit = rng.gauss(0, 1)

    @property
    def level(self) -> float:
        """What the rate of events is multiplied with."""
        return self._presence * math.exp(self._noise)

    def pass_day(self, *, tenure_days: int) -> None:
        """Drift for a day; newcomers and those whom the product does not fit fade sooner."""
        self._noise = self._noise * _NOISE_KEPT + self._rng.gauss(0, _NOISE_PER_DAY)
        if self._fading:
            self._presence = max(self._presence * (1 - _FADE_PER_DAY), _DEEPEST)
            self._fading = self._rng.random() >= _STOPS_FADING
        else:
            self._presence += (1 - self._presence) * _RECOVERY_PER_DAY
            self._fading = self._rng.random() < self._chance_to_fade(tenure_days)

    def wants_to_leave(self) -> bool:
        """Whether today is the day: likelier the further it has faded."""
        chance = _LEAVES_UNANNOUNCED + _LEAVES_FADED * (1 - self._presence) ** 2
        return self._rng.random() < chance

    def renew(self) -> None:
        """Start afresh, as somebody who comes back does."""
        self._presence, self._fading = 1.0, False

    def pack_up(self) -> None:
        """Use it less after cancelling."""
        self._presence, self._fading = self._presence * 0.6, True

    def _chance_to_fade(self, tenure_days: int) -> float:
        newcomer = _NEWCOMER_FACTOR if tenure_days < _NEWCOMER_DAYS else 1.0
        return _STARTS_FADING * newcomer * math.exp(-0.5 * self._fit)

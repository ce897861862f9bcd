"""The campaign: levels that grow harder, with spikes that people fail at."""

from __future__ import annotations

LEVELS = 80
# After so many losses in a row a treated player is met with a level that is so many logits easier.
EASED_AFTER_LOSSES = 3
EASED_LOGITS = 0.8
_EASIEST, _STEP = -1.7, 0.06
_SPIKE = 1.2
_SPIKES = frozenset({8, 15, 23})


def difficulty(level: int) -> float:
    """How hard a level is, in logits: a player of skill theta beats it with the odds of theta - difficulty.

    Past the last level it stays as it is there: the content is exhausted.
    """
    number = min(level, LEVELS)
    return _EASIEST + _STEP * number + (_SPIKE if number in _SPIKES else 0.0)


def map_number(level: int, *, maps: int) -> int:
    """Which of so many maps, in their order, a level is played on; each level after the other takes the next."""
    return (min(level, LEVELS) - 1) % maps

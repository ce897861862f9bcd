"""The campaign: increasingly hard levels with difficulty spikes."""

from __future__ import annotations

LEVELS = 80
# After this many losses in a row a treated player gets a level that is this many logits easier.
EASED_AFTER_LOSSES = 3
EASED_LOGITS = 0.8
_EASIEST, _STEP = -1.7, 0.06
_SPIKE = 1.2
_SPIKES = frozenset({8, 15, 23})


def difficulty(level: int) -> float:
    """How hard a level is, in logits: a player of skill theta wins with the log-odds theta - difficulty.

    Beyond the last level it stays constant: there is no more content.
    """
    number = min(level, LEVELS)
    return _EASIEST + _STEP * number + (_SPIKE if number in _SPIKES else 0.0)


def map_number(level: int, *, maps: int) -> int:
    """The index of the map a level is played on; levels cycle through the maps in order."""
    return (min(level, LEVELS) - 1) % maps

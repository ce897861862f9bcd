"""Who says how a match ends: a bot that has played it, or the odds that were fitted on what bots have played."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from bulwark.bots.population.levels import LEVELS, difficulty, map_number
from bulwark.bots.population.odds import Odds
from bulwark.bots.population.records import Record

# A match that a bot has played stands for one of a player whose skill is as near as this, in logits.
_NEAR = 0.25
# Of the matches that it could stand for, so many are asked: it spreads what was played over the population.
_ASKED = 0.1
# Of how long a match takes, where nobody has played one on the map.
_MEDIAN_SECONDS, _SPREAD = 300, 0.3


class Decision(NamedTuple):
    """How a match ended and how long it took; `record` is there where a bot has really played it."""

    map: str
    won: bool
    seconds: int
    record: Record | None = None


class Referee:
    """Decides the matches of one population; each record stands for one match at most."""

    def __init__(self, odds: Odds, *, maps: Sequence[str], records: Iterable[Record] = ()) -> None:
        """`maps` are the ids of the maps in their order, one at least."""
        self._odds = odds
        self._levels = [
            (maps[map_number(level, maps=len(maps))], difficulty(level)) for level in range(1, LEVELS + 1)
        ]
        self._records: defaultdict[int, list[Record]] = defaultdict(list)
        for record in records:
            self._records[record.level].append(record)
        self._seconds = _median_seconds(record for waiting in self._records.values() for record in waiting)

    def decide(
        self, level: int, *, skill: float, ease: float, rng: Random, recorded: bool = True
    ) -> Decision:
        """How a match on `level`, from 1 to 80, ends for a player of `skill`, helped by `ease`, both in logits.

        What need not be `recorded` is decided by the odds alone.
        """
        if recorded and (record := self._found(level, skill=skill, ease=ease, rng=rng)) is not None:
            return Decision(record.map, record.won, record.seconds, record)
        map_id, hard = self._levels[level - 1]
        won = rng.random() < self._odds.chance(map_id, skill - hard + ease)
        median = self._seconds.get((map_id, won), _MEDIAN_SECONDS)
        return Decision(map_id, won, int(median * math.exp(rng.gauss(0, _SPREAD))))

    def _found(self, level: int, *, skill: float, ease: float, rng: Random) -> Record | None:
        waiting = self._records.get(level)
        if not waiting or rng.random() >= _ASKED:
            return None
        for at, record in enumerate(waiting):
            if abs(record.skill - skill) <= _NEAR and record.ease == ease:
                return waiting.pop(at)
        return None


def _median_seconds(records: Iterable[Record]) -> Mapping[tuple[str, bool], int]:
    """How long a match takes, by the map and by whether it was won."""
    lengths: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    for record in records:
        lengths[record.map, record.won].append(record.seconds)
    return {key: sorted(own)[len(own) // 2] for key, own in lengths.items()}

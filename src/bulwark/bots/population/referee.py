"""Decides how a match ends: by a record of a bot's match, or by the odds fitted on such matches."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from bulwark.bots.population.levels import LEVELS, difficulty, map_number
from bulwark.bots.population.odds import Odds
from bulwark.bots.population.records import Record

# A bot's match can stand in for a player whose skill is this close, in logits.
_NEAR = 0.25
# Share of candidates that use a record: it spreads the records over the population.
_RECORD_SHARE = 0.1
# Match length if no record exists for the map.
_MEDIAN_SECONDS, _SPREAD = 300, 0.3

# Seconds by map and whether the match was won.
MatchLengths = Mapping[tuple[str, bool], int]


class Decision(NamedTuple):
    """How a match ended and how long it took; `record` is set if a bot played it."""

    map: str
    won: bool
    seconds: int
    record: Record | None = None


class Referee:
    """Decides the matches of one population; each record is used at most once."""

    def __init__(
        self,
        odds: Odds,
        *,
        maps: Sequence[str],
        records: Iterable[Record] = (),
        lengths: MatchLengths | None = None,
    ) -> None:
        """`maps` are the ids of the maps in order, at least one; `lengths` are by default those of the `records`."""
        self._odds = odds
        self._levels = [
            (maps[map_number(level, maps=len(maps))], difficulty(level)) for level in range(1, LEVELS + 1)
        ]
        self._records: defaultdict[int, list[Record]] = defaultdict(list)
        for record in records:
            self._records[record.level].append(record)
        played = (record for unused in self._records.values() for record in unused)
        self._seconds = median_lengths(played) if lengths is None else lengths

    def decide(
        self, level: int, *, skill: float, ease: float, rng: Random, recorded: bool = True
    ) -> Decision:
        """How a match on `level`, from 1 to 80, ends for a player of `skill`, helped by `ease`, both in logits.

        An unrecorded match is decided by the odds alone.
        """
        if recorded and (record := self._take_record(level, skill=skill, ease=ease, rng=rng)) is not None:
            return Decision(record.map, record.won, record.seconds, record)
        map_id, difficulty_of_level = self._levels[level - 1]
        won = rng.random() < self._odds.chance(map_id, skill - difficulty_of_level + ease)
        median = self._seconds.get((map_id, won), _MEDIAN_SECONDS)
        return Decision(map_id, won, int(median * math.exp(rng.gauss(0, _SPREAD))))

    def _take_record(self, level: int, *, skill: float, ease: float, rng: Random) -> Record | None:
        unused = self._records.get(level)
        if not unused or rng.random() >= _RECORD_SHARE:
            return None
        for at, record in enumerate(unused):
            if abs(record.skill - skill) <= _NEAR and record.ease == ease:
                return unused.pop(at)
        return None


def median_lengths(records: Iterable[Record]) -> MatchLengths:
    """The median match length of `records` by map and outcome."""
    lengths: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
    for record in records:
        lengths[record.map, record.won].append(record.seconds)
    return {key: sorted(own)[len(own) // 2] for key, own in lengths.items()}

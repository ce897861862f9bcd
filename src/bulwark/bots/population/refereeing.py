"""From maps to the referee of a population: let bots play, take what came with the game, fit the odds on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bulwark.bots.population.odds import Odds, fit
from bulwark.bots.population.recording import played
from bulwark.bots.population.records import Record, shipped_records, valid
from bulwark.bots.population.referee import Referee
from bulwark.bots.progress import Progress
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION


@dataclass(frozen=True, slots=True)
class Basis:
    """What the matches of a population are decided by."""

    odds: Odds
    records: Sequence[Record]
    maps: Sequence[Map]

    def referee(self) -> Referee:
        """A referee for one population."""
        return Referee(self.odds, maps=[each.id for each in self.maps], records=self.records)


def prepare_basis(
    maps: Sequence[Map], *, seed: int, matches: int, processes: int, progress: Progress
) -> Basis:
    """Let bots play `matches` matches on so many processes, and fit the odds on these and on those that were shipped.

    A shipped match counts only while core and map are those that it was played with. Without any match the odds
    are those of the reference.
    """
    records = valid(shipped_records(), digests={each.id: each.digest for each in maps}, core=CORE_VERSION)
    if matches:
        with progress.step("Bots play matches", total=matches) as step:
            for record in played(matches, seed=seed, maps=maps, processes=processes):
                records.append(record)
                step.advance()
    # The same seed may have played a shipped match again.
    records = list(dict.fromkeys(records))
    ids = [each.id for each in maps]
    return Basis(fit((record.trial for record in records), maps=ids), records, maps)

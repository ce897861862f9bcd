"""The basis of a population's referee: matches played by bots, shipped records, and the odds fitted on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bulwark.bots.population.bot_matches import play_matches
from bulwark.bots.population.odds import Odds, fit
from bulwark.bots.population.odds_file import NEWEST, VersionedOdds, fitted
from bulwark.bots.population.records import Record, shipped_records, still_valid
from bulwark.bots.population.referee import Referee
from bulwark.bots.progress import Progress
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION


@dataclass(frozen=True, slots=True)
class Basis:
    """What decides the matches of a population."""

    odds: Odds
    records: Sequence[Record]
    maps: Sequence[Map]

    def referee(self) -> Referee:
        """A referee for one population."""
        return Referee(self.odds, maps=[each.id for each in self.maps], records=self.records)

    def next_odds(self) -> VersionedOdds:
        """These odds as the version after the newest one."""
        return fitted(self.records, maps=[each.id for each in self.maps], version=NEWEST + 1)


def prepare_basis(
    maps: Sequence[Map], *, seed: int, matches: int, processes: int, progress: Progress
) -> Basis:
    """Let bots play `matches` matches on several processes, and fit the odds on these and the shipped ones.

    A shipped record counts only with the same core and map. Without any match the odds are those of the reference.
    """
    records = still_valid(
        shipped_records(), digests={each.id: each.digest for each in maps}, core=CORE_VERSION
    )
    if matches:
        with progress.step("Bots play matches", total=matches) as step:
            for record in play_matches(matches, seed=seed, maps=maps, processes=processes):
                records.append(record)
                step.advance()
    # The same seed may have repeated a shipped match.
    records = list(dict.fromkeys(records))
    ids = [each.id for each in maps]
    return Basis(fit((record.trial for record in records), maps=ids), records, maps)

"""Odds that stay as they are: a committed file per version, with the matches it was fitted on.

A population that must stay the same uses a version; later rules, maps and bots of the game fit their own odds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from bulwark.bots.population.odds import Odds, Trial, fit
from bulwark.bots.population.records import Record
from bulwark.bots.population.referee import MatchLengths, Referee, median_lengths
from bulwark.errors import BulwarkError

FOLDER = "odds_versions"
NEWEST = 1


class OddsError(BulwarkError):
    """A file of odds that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedOdds:
    """Fitted odds, the maps in order, the median lengths of matches, and the matches behind both."""

    version: int
    maps: Sequence[str]
    odds: Odds
    lengths: MatchLengths
    trials: Sequence[Trial]

    def referee(self) -> Referee:
        """A referee that decides every match by these odds."""
        return Referee(self.odds, maps=self.maps, lengths=self.lengths)


def fitted(records: Iterable[Record], *, maps: Sequence[str], version: int) -> VersionedOdds:
    """The odds of `records` on `maps`."""
    played = list(records)
    trials = [record.trial for record in played]
    return VersionedOdds(
        version=version,
        maps=list(maps),
        odds=fit(trials, maps=maps),
        lengths=median_lengths(played),
        trials=trials,
    )


def encode_odds(versioned: VersionedOdds) -> str:
    """The text of a version's file."""
    head = {
        "version": versioned.version,
        "maps": list(versioned.maps),
        "slope": versioned.odds.slope,
        "offsets": dict(versioned.odds.offsets),
        "lengths": [[name, won, length] for (name, won), length in sorted(versioned.lengths.items())],
    }
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    trials = [f"    {json.dumps([each.map, each.advantage, each.won])}" for each in versioned.trials]
    return "\n".join(["{", *lines, '  "trials": [', ",\n".join(trials), "  ]", "}", ""])


def read_odds(text: str, *, name: str) -> VersionedOdds:
    """The odds in `text`; raises OddsError naming the file."""
    try:
        read = json.loads(text)
        trials = [Trial(*each) for each in read["trials"]]
        return VersionedOdds(
            version=read["version"],
            maps=read["maps"],
            odds=Odds(read["offsets"], read["slope"], len(trials)),
            lengths={(map_id, won): length for map_id, won, length in read["lengths"]},
            trials=trials,
        )
    except (ValueError, TypeError, KeyError) as error:
        hint = "Restore the file; `./keepwell bots --keep-odds FILE` writes a new version."
        raise OddsError(f"{name}: not a file of odds: {error!r}.", hint=hint) from error


def shipped_odds(version: int = NEWEST) -> VersionedOdds:
    """The odds of a version shipped with the game; raises OddsError if it is missing or damaged."""
    name = f"{version}.json"
    file = files("bulwark.bots.population") / FOLDER / name
    if not file.is_file():
        raise OddsError(f"Version {version} of the odds is missing.", hint="Install the game again.")
    return read_odds(file.read_text(encoding="utf-8"), name=name)

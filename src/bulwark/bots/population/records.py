"""Matches played by bots, as the population uses them: a line of JSON each.

A record names everything its match depends on, so it can be replayed and must come out the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files

from bulwark.bots.population.levels import difficulty
from bulwark.bots.population.odds import Trial
from bulwark.errors import BulwarkError
from bulwark.sim.rules import TICKS_PER_SECOND

SHIPPED = "records.jsonl"


class RecordError(BulwarkError):
    """Records of played matches that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How a match went: on which level and map, with which core, skill and ease in logits, and seed."""

    level: int
    map: str
    map_digest: str
    core: int
    skill: float
    ease: float
    seed: int
    won: bool
    waves_cleared: int
    ticks: int
    towers_built: int
    towers_sold: int
    lives_left: int
    state_hash: str

    @property
    def seconds(self) -> int:
        """The length in match time."""
        return self.ticks // TICKS_PER_SECOND

    @property
    def trial(self) -> Trial:
        """The record as the fit of the odds sees it."""
        return Trial(self.map, self.skill - difficulty(self.level) + self.ease, self.won)


def encode_records(records: Iterable[Record]) -> str:
    """The lines of `records`."""
    return "".join(f"{json.dumps(asdict(record), separators=(',', ':'))}\n" for record in records)


def read_records(text: str, *, name: str) -> list[Record]:
    """The records in `text`; raises RecordError naming the invalid line."""
    records = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            records.append(Record(**json.loads(line)))
        except (ValueError, TypeError) as error:
            hint = "Generate them again: ./keepwell bots --help"
            raise RecordError(f"{name}:{number}: not a match record: {error}.", hint=hint) from error
    return records


def shipped_records() -> list[Record]:
    """The records shipped with the game; empty in a copy without them."""
    file = files("bulwark.bots.population") / SHIPPED
    return read_records(file.read_text(encoding="utf-8"), name=SHIPPED) if file.is_file() else []


def still_valid(records: Sequence[Record], *, digests: Mapping[str, str], core: int) -> list[Record]:
    """The records that would come out the same today: on maps with these digests, with this core."""
    return [
        record for record in records if record.core == core and digests.get(record.map) == record.map_digest
    ]

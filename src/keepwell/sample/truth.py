"""What was planted, for benches that compare with it: written beside the sample and never read by the product."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bulwark.bots.population.files import write_table
from bulwark.bots.population.tables import PLAYER_COLUMNS, player_cells
from keepwell.sample.account_life import AccountLife
from keepwell.sample.business import BusinessSpec
from keepwell.sample.hazard import CONTACT_EFFECT, CONTACT_LASTS
from keepwell.sample.usage.players import Players
from keepwell.sample.usage.venues import HURT_KIND

FOLDER = "truth"
HAZARDS_FILE, PLANTED_FILE, PLAYERS_FILE = FILES = ("hazards.csv", "planted.json", "players.csv")
HAZARD_COLUMNS = ("account_id", "day", "hazard", "treated")


def write_truth(folder: Path, spec: BusinessSpec, lives: Sequence[AccountLife]) -> int:
    """Write the FILES to `folder`, which is created; returns the number of players."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / HAZARDS_FILE, HAZARD_COLUMNS, _hazards(lives))
    (folder / PLANTED_FILE).write_text(json.dumps(_planted(spec), indent=2) + "\n", encoding="utf-8")
    return write_table(folder / PLAYERS_FILE, ("account_id", *PLAYER_COLUMNS), _players(lives))


def _hazards(lives: Iterable[AccountLife]) -> Iterator[Sequence[object]]:
    for life in lives:
        for each in life.hazards:
            yield life.account.account_id, each.day, f"{each.hazard:.6f}", str(each.treated).lower()


def _players(lives: Iterable[AccountLife]) -> Iterator[Sequence[object]]:
    for life in lives:
        if isinstance(life.usage, Players):
            for member in (*life.usage.members, *life.usage.former):
                cells = player_cells(
                    member.player, member.career, sessions=member.sessions, has_left=member.is_away
                )
                yield life.account.account_id, *cells


def _planted(spec: BusinessSpec) -> dict[str, object]:
    market = spec.market
    return {
        "contact_effect": CONTACT_EFFECT,
        "contact_lasts_days": CONTACT_LASTS.days,
        "price_rises": {plan.value: str(day) for plan, day in market.prices.rises.items()},
        "bad_release": {"on": str(market.release_on), "kind": HURT_KIND.value},
    }

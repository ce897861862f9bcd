"""Whether each tower and creep of the rules has its rows in the other tables, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Collection

from bulwark import texts
from bulwark.assets.sources import did_you_mean
from bulwark.errors import AssetError
from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import VARIANTS

HINT = "How to add a tower or a creep: docs/game.md."


def check_tables(sounds: Collection[str]) -> None:
    """Raise AssetError naming the table that lacks rows, or a tower's sound that is not one of `sounds`."""
    _check_length("sim/rules.py", "TOWER_RULES", len(rules.TOWER_RULES), len(rules.TOWERS) * VARIANTS)
    _check_length("sim/rules.py", "CREEP_RULES", len(rules.CREEP_RULES), len(rules.CREEPS))
    _check_length("texts.py", "TOWER_TEXTS", len(texts.TOWER_TEXTS), len(rules.TOWERS))
    _check_length("texts.py", "CREEP_TRAITS", len(texts.CREEP_TRAITS), len(rules.CREEPS))
    for name, text in zip(rules.TOWERS, texts.TOWER_TEXTS, strict=True):
        if text.sound and text.sound not in sounds:
            hint = did_you_mean(text.sound, sounds, otherwise="Sounds are the keys of SOUNDS in sounds.py.")
            raise AssetError(f"The tower {name} in texts.py has no sound `{text.sound}`.", hint=hint)


def _check_length(file: str, table: str, rows: int, expected: int) -> None:
    if rows != expected:
        names = f"{', '.join(rules.TOWERS)} and {', '.join(rules.CREEPS)}"
        raise AssetError(f"{table} in {file} has {rows} rows, not {expected} for {names}.", hint=HINT)

"""What towers and creeps are, in words for the player, in the rules' order."""

from __future__ import annotations

from collections.abc import Sequence

TOWER_ROLES: Sequence[str] = (
    "Quick shots at one creep. Reaches the air.",
    "Shells that burst on groups.",
    "Chills: what it hits walks slowly.",
    "Lightning that jumps from one to the next.",
    "Lobs shells far over walls and throws creeps back. Not at flyers.",
    "Fires nothing: towers near it hit harder.",
)
BRANCHES: Sequence[tuple[str, str]] = (
    ("Longbow", "Repeater"),
    ("Wide burst", "Ram"),
    ("Deep cold", "Blizzard"),
    ("Storm", "Lance"),
    ("Siege", "Barrage"),
    ("Bright beacon", "Far beacon"),
)
CREEP_TRAITS: Sequence[str] = (
    "fast",
    "armour: weak hits do little",
    "many and small",
    "heals those near it",
    "flies straight over walls",
    "very tough",
)

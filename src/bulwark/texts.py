"""What towers and creeps are, described for the player in the rules' order."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import VARIANTS

TOWER_ROLES: Sequence[str] = (
    "Fast shots at one creep. Also hits flyers.",
    "Shells with splash damage, good against groups.",
    "Slows the creeps it hits.",
    "Lightning that jumps from creep to creep.",
    "Lobs shells far over walls and knocks creeps back. Cannot hit flyers.",
    "Does not shoot: towers near it deal more damage.",
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
    "armour: weak hits do little damage",
    "many and small",
    "heals creeps near it",
    "flies straight over walls",
    "very tough",
)


def immune_to(creep: int) -> Sequence[str]:
    """The names of the towers that can never hit a kind of creep."""
    layer = rules.creep_rule(creep).layer
    return [
        name
        for kind, name in enumerate(rules.TOWERS)
        if not any(rules.tower_rule(kind, variant).reaches & layer for variant in range(VARIANTS))
    ]

"""What towers and creeps are to the player, in the rules' order: described in words, and the sound of a shot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import VARIANTS


class TowerText(NamedTuple):
    """A kind of tower: what it does, the names of its two branches, and the sound of a shot; none if it never shoots."""

    role: str
    branches: tuple[str, str]
    sound: str


TOWER_TEXTS: Sequence[TowerText] = (
    TowerText("Fast shots at one creep. Also hits flyers.", ("Longbow", "Repeater"), "bolt"),
    TowerText("Shells with splash damage, good against groups.", ("Wide burst", "Ram"), "burst"),
    TowerText("Slows the creeps it hits.", ("Deep cold", "Blizzard"), "frost"),
    TowerText("Lightning that jumps from creep to creep.", ("Storm", "Lance"), "arc"),
    TowerText(
        "Lobs shells far over walls and knocks creeps back. Cannot hit flyers.",
        ("Siege", "Barrage"),
        "mortar",
    ),
    TowerText("Does not shoot: towers near it deal more damage.", ("Bright beacon", "Far beacon"), ""),
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

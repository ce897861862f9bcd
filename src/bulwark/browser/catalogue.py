"""The rules the page needs: names, prices and ranges as JSON, so that no number is defined twice."""

from __future__ import annotations

import json
from typing import Any

from bulwark.browser.snapshot import LAYOUT
from bulwark.sim import rules
from bulwark.sim.commands import KINDS
from bulwark.sim.layout import event, physics
from bulwark.sim.layout.tower_rule import VARIANTS
from bulwark.stars import STAR_PERCENTS, STARS_PER_MAP
from bulwark.texts import CREEP_TRAITS, TOWER_TEXTS, immune_to


def catalogue() -> str:
    """Towers and creeps in order with their rules, the numbers of commands and events, and the snapshot's layout."""
    return json.dumps(
        {
            "cell": rules.CELL,
            "ticks_per_second": rules.TICKS_PER_SECOND,
            "refund_percent": rules.REFUND_PERCENT,
            "towers": [_tower(kind, name) for kind, name in enumerate(rules.TOWERS)],
            "creeps": [_creep(kind, name) for kind, name in enumerate(rules.CREEPS)],
            "difficulties": [
                {"name": name, **rule._asdict()}
                for name, rule in zip(rules.DIFFICULTIES, rules.DIFFICULTY_RULES, strict=True)
            ],
            "star_percents": STAR_PERCENTS,
            "stars_per_map": STARS_PER_MAP,
            "targetings": rules.TARGETINGS,
            "commands": [kind.__name__ for kind in KINDS],
            "physics": [
                {"name": name, **rule._asdict()}
                for name, rule in zip(physics.NAMES, rules.PHYSICS, strict=True)
            ],
            "events": {name.lower(): number for name, number in _events()},
            "layout": LAYOUT,
        }
    )


def _tower(kind: int, name: str) -> dict[str, Any]:
    variants = [rules.tower_rule(kind, variant)._asdict() for variant in range(VARIANTS)]
    return {"name": name, **TOWER_TEXTS[kind]._asdict(), "variants": variants}


def _creep(kind: int, name: str) -> dict[str, Any]:
    rule = rules.creep_rule(kind)
    described = {
        "name": name,
        "trait": CREEP_TRAITS[kind],
        "flying": rule.flying,
        "immune_to": immune_to(kind),
    }
    return {**described, **rule._asdict()}


def _events() -> list[tuple[str, int]]:
    sizes = {"WIDTH", "CAPACITY"}
    columns = {"KIND", "X", "Y", "A", "B"}
    return [
        (name, value) for name, value in vars(event).items() if name.isupper() and name not in sizes | columns
    ]

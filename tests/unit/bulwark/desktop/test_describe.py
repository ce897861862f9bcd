from __future__ import annotations

from bulwark.desktop.match import describe
from bulwark.sim import rules


def test_a_flyer_says_which_towers_cannot_hit_it() -> None:
    sentences = " ".join(describe.immunities(rules.CREEPS.index("flyer")))

    assert "Mortar" in sentences
    assert "Bolt" not in sentences


def test_an_armoured_creep_says_what_its_armour_does() -> None:
    kind = next(kind for kind, rule in enumerate(rules.CREEP_RULES) if rule.armour)
    armour = rules.creep_rule(kind).armour

    assert describe.creep_facts(kind)["armour"] == f"{armour}"
    assert f"{armour} less damage" in " ".join(describe.immunities(kind))

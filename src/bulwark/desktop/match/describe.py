"""What a tower does, in figures for the player; every number comes from the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulwark.sim import rules
from bulwark.sim.layout import score
from bulwark.sim.layout.tower_rule import AIR, GROUND
from bulwark.sim.match import Match
from bulwark.sim.rules import CELL, TICKS_PER_SECOND, TowerRule
from bulwark.texts import TOWER_TEXTS, immune_to

_FIRST_BRANCH = 3
_NAMES: Mapping[str, str] = {
    "damage": "damage", "rate": "shots / s", "range": "range", "splash": "burst", "chill": "slower by",
    "jumps": "jumps", "pierce": "pierces armour", "knock": "throws back", "boost": "damage added",
}  # fmt: skip


def tower_name(kind: int, variant: int = 0) -> str:
    """The tower's display name: a branch has its own name, an upgrade a numeral."""
    name = rules.TOWERS[kind].capitalize()
    if variant >= _FIRST_BRANCH:
        return TOWER_TEXTS[kind].branches[variant - _FIRST_BRANCH]
    return f"{name} {'I' * (variant + 1)}"


def facts(rule: TowerRule) -> Mapping[str, str]:
    """What a tower does, by label, leaving out zeros: cells, per second and percent."""
    values = {
        "damage": f"{rule.damage}" if rule.damage else "",
        "rate": f"{TICKS_PER_SECOND / rule.reload:.1f}" if rule.reload else "",
        "range": _cells(rule.range),
        "splash": _cells(rule.splash) if rule.splash else "",
        "chill": f"{rule.chill} %" if rule.chill else "",
        "jumps": f"{rule.jumps}" if rule.jumps else "",
        "pierce": f"{rule.pierce}" if rule.pierce else "",
        "knock": "yes" if rule.knock else "",
        "boost": f"{rule.boost} %" if rule.boost else "",
    }
    return {_NAMES[name]: text for name, text in values.items() if text}


def changes(before: TowerRule, after: TowerRule) -> Sequence[str]:
    """What an upgrade changes, one line per figure."""
    old, new = facts(before), facts(after)
    lines = []
    for name, text in new.items():
        if name not in old:
            lines.append(f"{name} {text}")
        elif old[name] != text:
            lines.append(f"{name} {old[name]} > {text}")
    return lines


def reach(rule: TowerRule) -> str:
    """Which creeps a tower can hit."""
    if not rule.damage:
        return ""
    return {GROUND: "ground only", AIR: "air only"}.get(rule.reaches, "ground and air")


def gate_name(spawn: int) -> str:
    """The name of a spawn on a map that has several."""
    return chr(ord("A") + spawn)


def duration(ticks: int) -> str:
    """Ticks as minutes and seconds."""
    minutes, seconds = divmod(ticks // TICKS_PER_SECOND, 60)
    return f"{minutes}:{seconds:02}"


def creep_facts(kind: int) -> Mapping[str, str]:
    """What a creep is, by label."""
    rule = rules.creep_rule(kind)
    return {
        "armour": f"{rule.armour}",
        "cells / s": f"{rule.speed * TICKS_PER_SECOND / CELL / 256:.1f}",
        "gold": f"{rule.bounty}",
        "costs": "1 life" if rule.lives == 1 else f"{rule.lives} lives",
    }


def immunities(kind: int) -> Sequence[str]:
    """What does not hurt a creep, or not much, in sentences."""
    rule = rules.creep_rule(kind)
    sentences = []
    immune = [name.capitalize() for name in immune_to(kind)]
    if immune:
        sentences.append(f"Cannot be hit by {' and '.join(immune)}.")
    if rule.armour:
        sentences.append(f"Each hit does {rule.armour} less damage, but at least 1.")
    if rule.flying:
        sentences.append("Flies over walls: mazes do not delay it.")
    return sentences


def standing(match: Match) -> str:
    """How far a kept match has come."""
    difficulty = rules.DIFFICULTIES[int(match.world.score[score.DIFFICULTY])]
    return (
        f"{match.game_map.name}, {difficulty}: wave {match.wave} of {match.wave_count}, {match.lives} lives"
    )


def _cells(units: int) -> str:
    return f"{units / CELL:.1f}"

"""How skill determines a bot's decisions."""

from __future__ import annotations

from typing import NamedTuple

from bulwark.sim.rules import TICKS_PER_SECOND


class Habits(NamedTuple):
    """How a bot decides; all of it follows from one skill value."""

    pause: int  # ticks between two decisions
    candidates: int  # places considered before one is chosen
    doubt: float  # a rating is off by up to this share
    blunder: float  # the chance of a decision without any rating
    ahead: int  # future waves considered
    mazing: float  # the chance that the path around a place is considered
    tending: float  # the chance that existing towers are considered: upgrades, targets, selling


def habits(skill: float) -> Habits:
    """The habits for a skill from 0 to 1."""
    lack = 1.0 - skill
    return Habits(
        pause=int(TICKS_PER_SECOND * (1.0 + 9.0 * lack)),
        candidates=2 + int(18 * skill * skill),
        doubt=min(2.0 * lack * lack + lack * 0.6, 1.0),
        blunder=0.02 + 0.9 * lack * lack,
        ahead=1 + int(5 * skill),
        mazing=skill * skill,
        tending=0.15 + 0.85 * skill,
    )

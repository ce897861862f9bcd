"""What skill is made of: how a bot of a given skill decides."""

from __future__ import annotations

from typing import NamedTuple

from bulwark.sim.rules import TICKS_PER_SECOND


class Habits(NamedTuple):
    """How a player decides; all of it follows from one skill."""

    pause: int  # ticks between two decisions
    looks: int  # places that are looked at before one is chosen
    doubt: float  # a judgement is off by up to this share
    blunder: float  # the chance that a decision is made without a judgement
    ahead: int  # waves to come that are thought of
    mazing: float  # the chance that the way round a place is thought of
    tending: float  # the chance that towers that stand are thought of: upgrades, targets, selling


def habits(skill: float) -> Habits:
    """The habits of a skill from 0 to 1."""
    lack = 1.0 - skill
    return Habits(
        pause=int(TICKS_PER_SECOND * (1.0 + 9.0 * lack)),
        looks=2 + int(18 * skill * skill),
        doubt=min(2.0 * lack * lack + lack * 0.6, 1.0),
        blunder=0.02 + 0.9 * lack * lack,
        ahead=1 + int(5 * skill),
        mazing=skill * skill,
        tending=0.15 + 0.85 * skill,
    )

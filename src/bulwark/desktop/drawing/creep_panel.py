"""The creep that is looked at: its health, armour, and what cannot hurt it."""

from __future__ import annotations

from bulwark.desktop.drawing.build_bar import draw_facts
from bulwark.desktop.drawing.layout import Layout
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import EDGE, FAINT, GREEN, ORANGE, VERMILLION
from bulwark.desktop.match import describe
from bulwark.sim import rules
from bulwark.sim.layout import creep
from bulwark.sim.match import Match

_HURT = 0.3


def draw_creep(painter: Painter, layout: Layout, match: Match, index: int) -> None:
    """Draw the panel of the creep in row `index`."""
    area, creeps = layout.tower, match.creeps
    kind, left, width = int(creeps[creep.KIND][index]), area.x + 14, area.width - 28
    painter.panel((area.x, area.y, area.width, area.height))
    painter.icon(f"creep/{rules.CREEPS[kind]}/walk-0", (left + 24, area.y + 36), 56)
    painter.text(rules.CREEPS[kind].capitalize(), (left + 62, area.y + 12), size=18)
    health, full = int(creeps[creep.HP][index]), int(creeps[creep.FULL][index])
    painter.text(f"{health} of {full} health", (left + 62, area.y + 40), size=14, colour=FAINT)
    share = max(health / full, 0.0)
    painter.box((left, area.y + 74, width, 10), EDGE, radius=5)
    painter.box((left, area.y + 74, width * share, 10), GREEN if share > _HURT else VERMILLION, radius=5)
    top = area.y + 98
    top += draw_facts(painter, describe.creep_facts(kind), (left, top), width=width) + 10
    for sentence in describe.immunities(kind):
        top += painter.text(sentence, (left, top), size=14, colour=ORANGE, wrap=width) + 6
    slowed = int(creeps[creep.CHILL][index]) if creeps[creep.SLOW][index] else 0
    if slowed:
        painter.text(f"Slowed by {slowed} % now.", (left, top), size=14, colour=FAINT)

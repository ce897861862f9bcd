"""The build bar: a card per kind of tower with its price, and a tip on the card under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bulwark.desktop.drawing.layout import Layout
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import (
    EDGE,
    FAINT,
    HOVERED,
    ORANGE,
    PANEL,
    RAISED,
    SKY,
    TEXT,
    YELLOW,
)
from bulwark.desktop.drawing.widgets import Button
from bulwark.desktop.input.bindings import Bindings
from bulwark.desktop.match import describe
from bulwark.desktop.scene.camera import Area
from bulwark.sim import rules
from bulwark.sim.match import Match
from bulwark.texts import TOWER_TEXTS

_GAP = 8.0
_TIP_WIDTH = 300.0


def cards(layout: Layout, *, pick: Callable[[int], None]) -> Sequence[Button]:
    """A button for each kind of tower."""
    bar = layout.build
    width = (bar.width - _GAP * (len(rules.TOWERS) + 1)) / len(rules.TOWERS)
    return [
        Button(
            key=f"tower-{kind}",
            area=Area(bar.x + _GAP + kind * (width + _GAP), bar.y + _GAP, width, bar.height - 2 * _GAP),
            act=lambda kind=kind: pick(kind),  # type: ignore[misc]
            bare=True,
        )
        for kind in range(len(rules.TOWERS))
    ]


def draw_cards(
    painter: Painter, layout: Layout, match: Match, *, picked: int | None, bindings: Bindings, pointed: str
) -> None:
    """Draw the cards."""
    bar = layout.build
    painter.box((bar.x, bar.y, bar.width, bar.height), PANEL)
    painter.line([(bar.x, bar.y), (bar.x + bar.width, bar.y)], EDGE)
    for kind, card in enumerate(cards(layout, pick=lambda _: None)):
        hovered = pointed == card.key
        _card(painter, card.area, kind, match.gold, picked=picked == kind, hovered=hovered)
        key = bindings.tower_key(kind)
        painter.text(
            key,
            (card.area.x + card.area.width - 9, card.area.y + 8),
            size=13,
            colour=FAINT,
            anchor="topright",
        )


def draw_tip(painter: Painter, layout: Layout, kind: int, *, gold: int) -> None:
    """A tip above the card of a kind of tower: what it does."""
    area = cards(layout, pick=lambda _: None)[kind].area
    rule = rules.tower_rule(kind, 0)
    facts, missing = describe.facts(rule), rule.cost - gold
    width, role = _TIP_WIDTH, TOWER_TEXTS[kind].role
    role_height = painter.rendered(role, size=14, colour=FAINT, wrap=width - 32).height / painter.scale
    height = 62 + role_height + 20.0 * (-(-len(facts) // 2) + (missing > 0))
    left = min(max(area.x + area.width / 2 - width / 2, 8), layout.field.width - width - 8)
    top = layout.build.y - height - 10
    painter.panel((left, top, width, height))
    painter.text(describe.tower_name(kind).removesuffix(" I"), (left + 16, top + 12), size=19)
    painter.text(
        describe.reach(rule), (left + width - 16, top + 16), size=13, colour=FAINT, anchor="topright"
    )
    painter.text(role, (left + 16, top + 40), size=14, colour=FAINT, wrap=width - 32)
    draw_facts(painter, facts, (left + 16, top + 48 + role_height), width=width - 32)
    if missing > 0:
        painter.text(f"{missing} gold short", (left + 16, top + height - 28), size=14, colour=ORANGE)


def draw_facts(painter: Painter, facts: Mapping[str, str], at: tuple[float, float], *, width: float) -> float:
    """Names and figures in two columns; returns the height used."""
    column, line = width / 2, 20.0
    for n, (name, text) in enumerate(facts.items()):
        x, y = at[0] + n % 2 * column, at[1] + n // 2 * line
        rest = column - 20 - painter.width_of(text, size=13)
        painter.text(name, (x, y), size=13, colour=FAINT, fit=rest)
        painter.text(text, (x + column - 12, y), size=13, colour=TEXT, anchor="topright")
    return (len(facts) + 1) // 2 * line


def _card(painter: Painter, area: Area, kind: int, gold: int, *, picked: bool, hovered: bool) -> None:
    box = (area.x, area.y, area.width, area.height)
    price = rules.tower_rule(kind, 0).cost
    enough = gold >= price
    painter.box(box, HOVERED if hovered or picked else RAISED, radius=10)
    painter.box(box, SKY if picked else EDGE, radius=10, edge=3.0 if picked else 1.0)
    middle = area.y + area.height / 2
    painter.icon(
        f"tower/{rules.TOWERS[kind]}/icon", (area.x + 40, middle), 78, opacity=1.0 if enough else 0.4
    )
    left = area.x + 78
    painter.text(
        rules.TOWERS[kind].capitalize(),
        (left, middle - 13),
        size=17,
        fit=area.x + area.width - left - 8,
        anchor="midleft",
        colour=TEXT if enough else FAINT,
    )
    painter.icon("icon/gold", (left + 9, middle + 14), 18, opacity=1.0 if enough else 0.5)
    painter.text(
        f"{price}", (left + 24, middle + 14), size=16, anchor="midleft", colour=YELLOW if enough else ORANGE
    )
    if not enough:
        painter.icon("icon/lock", (area.x + 60, middle + 24), 22)

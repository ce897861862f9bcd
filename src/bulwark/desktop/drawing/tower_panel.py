"""The selected tower: what it does, its targeting, its upgrades and its refund."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bulwark.desktop.drawing.build_bar import draw_facts
from bulwark.desktop.drawing.layout import Layout
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT, ORANGE, TEXT, YELLOW
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.match import describe
from bulwark.desktop.scene.camera import Area
from bulwark.sim import rules
from bulwark.sim.layout import tower
from bulwark.sim.match import Match

_UPGRADE = 66.0
_TARGETING_NOTES: Sequence[str] = (
    "First: the creep closest to the gate", "Last: the creep farthest from the gate",
    "Strong: the creep with the most hit points", "Close: the creep closest to the tower",
)  # fmt: skip


def tower_widgets(
    layout: Layout,
    match: Match,
    index: int,
    *,
    upgrade: Callable[[int], None],
    target: Callable[[int], None],
    sell: Callable[[], None],
) -> Sequence[Widget]:
    """What can be done with the tower in row `index`."""
    area = layout.tower
    left, width, bottom = area.x + 12, area.width - 24, area.y + area.height
    uid, kind, variant = (int(match.towers[n][index]) for n in (tower.UID, tower.KIND, tower.VARIANT))
    widgets: list[Widget] = []
    if rules.tower_rule(kind, variant).damage:
        widgets.extend(_targeting(area, int(match.towers[tower.TARGETING][index]), target))
    offered = rules.branches(variant)
    top = bottom - 56 - len(offered) * (_UPGRADE + 6)
    for branch in range(len(offered)):
        place = Area(left, top + branch * (_UPGRADE + 6), width, _UPGRADE)
        widgets.append(
            Button(
                key=f"upgrade-{branch}", area=place, bare=True,
                enabled=match.gold >= match.upgrade_price(uid, branch),
                act=lambda branch=branch: upgrade(branch),  # type: ignore[misc]
            )
        )  # fmt: skip
    text = f"Sell for {match.refund(uid)} gold"
    widgets.append(
        Button(
            key="sell", area=Area(left, bottom - 50, width, 40), text=text, icon="icon/sell", act=sell,
            note=f"{rules.REFUND_PERCENT} % of everything spent on it",
        )
    )  # fmt: skip
    return widgets


def draw_tower(
    painter: Painter, layout: Layout, match: Match, index: int, *, pointed: str, keys: Mapping[str, str]
) -> None:
    """Draw the panel around the widgets of the tower in row `index`."""
    area, towers = layout.tower, match.towers
    kind, variant = int(towers[tower.KIND][index]), int(towers[tower.VARIANT][index])
    painter.panel((area.x, area.y, area.width, area.height))
    left, top = area.x + 14, area.y + 10
    name = f"tower/{rules.TOWERS[kind]}"
    painter.icon(f"{name}/base-{variant}", (left + 24, top + 26), 62)
    painter.icon(f"{name}/turret-{variant}", (left + 24, top + 26), 62)
    painter.text(describe.tower_name(kind, variant), (left + 62, top + 4), size=18)
    kills = int(towers[tower.KILLS][index])
    boost = int(towers[tower.BOOST][index])
    status = f"{kills} kills" + (f", +{boost} % from a beacon" if boost else "")
    painter.text(status, (left + 62, top + 28), size=13, colour=FAINT)
    rule = rules.tower_rule(kind, variant)
    draw_facts(painter, describe.facts(rule), (left, top + 62), width=area.width - 28)
    uid = int(towers[tower.UID][index])
    for branch, after in enumerate(rules.branches(variant)):
        price = match.upgrade_price(uid, branch)
        key = keys["upgrade" if branch == 0 else "other-branch"]
        _upgrade(painter, layout, (kind, variant, after), match, branch, price, pointed=pointed, key=key)
    if not rules.branches(variant):
        painter.text("Fully upgraded", (left, area.y + area.height - 74), size=14, colour=FAINT)


def _targeting(area: Area, mode: int, target: Callable[[int], None]) -> Sequence[Button]:
    width = (area.width - 24 - 18) / 4
    return [
        Button(
            key=f"target-{name}", area=Area(area.x + 12 + n * (width + 6), area.y + 136, width, 38),
            icon=f"icon/target-{name}", selected=mode == n, note=_TARGETING_NOTES[n],
            act=lambda n=n: target(n),  # type: ignore[misc]
        )
        for n, name in enumerate(rules.TARGETINGS)
    ]  # fmt: skip


def _upgrade(
    painter: Painter,
    layout: Layout,
    variants: tuple[int, int, int],
    match: Match,
    branch: int,
    price: int,
    *,
    pointed: str,
    key: str,
) -> None:
    kind, before, after = variants
    area = layout.tower
    count = len(rules.branches(before))
    top = area.y + area.height - 56 - (count - branch) * (_UPGRADE + 6)
    box = (area.x + 12, top, area.width - 24, _UPGRADE)
    enough = match.gold >= price
    Button(key="", area=Area(*box), act=lambda: None, enabled=enough).draw(
        painter, pointed=pointed == f"upgrade-{branch}", focused=False
    )
    left = box[0] + 12
    painter.icon("icon/upgrade", (left + 8, top + 16), 20, opacity=1.0 if enough else 0.5)
    title = describe.tower_name(kind, after) + (f"  [{key}]" if key else "")
    painter.text(title, (left + 24, top + 16), size=15, anchor="midleft", colour=TEXT if enough else FAINT)
    painter.text(
        f"{price}",
        (box[0] + box[2] - 12, top + 16),
        size=15,
        anchor="midright",
        colour=YELLOW if enough else ORANGE,
    )
    painter.icon("icon/gold" if enough else "icon/lock", (box[0] + box[2] - 56, top + 16), 16)
    changes = ", ".join(describe.changes(rules.tower_rule(kind, before), rules.tower_rule(kind, after)))
    painter.text(changes, (left, top + 28), size=12, colour=FAINT, wrap=box[2] - 24)

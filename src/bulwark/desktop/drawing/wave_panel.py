"""The next wave: kinds and counts, when it starts, and the button that starts it now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulwark.desktop.drawing.layout import Layout
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT, PURPLE, TEXT
from bulwark.desktop.drawing.widgets import Button, Switch, Widget
from bulwark.desktop.match import describe
from bulwark.desktop.scene.camera import Area
from bulwark.sim import rules
from bulwark.sim.maps import Group
from bulwark.sim.match import Match
from bulwark.texts import CREEP_TRAITS

_ROW = 33.0
_BREAK = rules.COUNTDOWN_TICKS // rules.TICKS_PER_SECOND
_MAX_ROWS = 4


def wave_widgets(
    layout: Layout, match: Match, *, start: Callable[[], None], auto: Callable[[], None], key: str
) -> Sequence[Widget]:
    """Start the wave, and switch auto-start."""
    area = layout.wave
    left, width, bottom = area.x + 12, area.width - 24, area.y + area.height
    more = match.wave < match.wave_count
    bonus = match.early_bonus() if more else 0
    text = f"Start wave {match.wave + 1}" if more else "The last wave has started"
    text += f"  +{bonus} gold" if bonus else f"   [{key}]" if more and key else ""
    return [
        Button(
            key="start", area=Area(left, bottom - 88, width, 40), text=text, icon="icon/wave" if more else "", main=True, act=start,
            enabled=more, note=f"Earns one gold for every second saved, up to {_BREAK}",
        ),
        Switch(
            key="auto", area=Area(left, bottom - 42, width, 34), text="Auto-start", on=match.auto_start, act=auto,
            note=_auto_note(match),
        ),
    ]  # fmt: skip


def _auto_note(match: Match) -> str:
    if match.countdown >= 0:
        return f"Wave {match.wave + 1} starts by itself in {_seconds_left(match)} seconds"
    return f"Each wave starts {_BREAK} seconds after the previous one is cleared"


def _seconds_left(match: Match) -> int:
    return -(-match.countdown // rules.TICKS_PER_SECOND)


def draw_wave(painter: Painter, layout: Layout, match: Match) -> None:
    """Draw the groups; the widgets are drawn on top."""
    area = layout.wave
    painter.panel((area.x, area.y, area.width, area.height))
    groups = match.next_wave()
    if not groups:
        painter.text("No more waves", (area.x + 14, area.y + 14), size=18)
        painter.text(
            "Hold out until the last creep is gone.",
            (area.x + 14, area.y + 44),
            size=14,
            colour=FAINT,
            wrap=area.width - 28,
        )
        return
    painter.text(f"Next: wave {match.wave + 1} of {match.wave_count}", (area.x + 14, area.y + 12), size=18)
    if match.countdown >= 0:
        painter.text(
            f"in {_seconds_left(match)} s",
            (area.x + area.width - 14, area.y + 13),
            size=16,
            anchor="topright",
        )
    spawns = len(match.game_map.spawns)
    groups = _merged(groups)
    for n, group in enumerate(groups[:_MAX_ROWS]):
        gate = f"gate {describe.gate_name(group.spawn)}, " if spawns > 1 else ""
        note = f"{gate}{match.next_health(group.kind)} hp"
        _group(painter, group, (area.x + 14, area.y + 42 + n * _ROW), note=note, width=area.width)
    if len(groups) > _MAX_ROWS:
        rest = sum(group.size for group in groups[_MAX_ROWS:])
        painter.text(f"and {rest} more", (area.x + 14, area.y + 44 + _MAX_ROWS * _ROW), size=13, colour=FAINT)


def _merged(groups: Sequence[Group]) -> Sequence[Group]:
    """Groups of the same kind from the same spawn, merged."""
    merged: dict[tuple[int, int], Group] = {}
    for group in groups:
        key = (group.kind, group.spawn)
        size = group.size + (merged[key].size if key in merged else 0)
        merged[key] = group._replace(size=size)
    return list(merged.values())


def _group(painter: Painter, group: Group, at: tuple[float, float], *, note: str, width: float) -> None:
    x, y = at
    name = rules.CREEPS[group.kind]
    painter.icon(f"creep/{name}/walk-0", (x + 15, y + 14), 34)
    painter.text(f"{group.size}", (x + 60, y + 5), size=18, colour=TEXT, anchor="topright")
    painter.text(name.capitalize(), (x + 70, y), size=15)
    flies = rules.creep_rule(group.kind).flying
    trait, colour = CREEP_TRAITS[group.kind], PURPLE if flies else FAINT
    painter.text(trait, (x + 70, y + 17), size=12, colour=colour, fit=width - 98)
    room = width - 106 - painter.width_of(name.capitalize(), size=15)
    painter.text(note, (x + width - 28, y + 2), size=12, colour=FAINT, anchor="topright", fit=room)

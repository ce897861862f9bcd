"""Text over the map: wave banners, the current hint, the list of keys, and the replay bar."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bulwark.desktop.drawing.layout import Layout
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import EDGE, FAINT, NIGHT, PANEL, SKY, TEXT, YELLOW
from bulwark.desktop.input.actions import LABELS, Action
from bulwark.desktop.input.bindings import Bindings
from bulwark.desktop.match.hints import Hint
from bulwark.desktop.match.session import MatchEvent, Session
from bulwark.desktop.scene.camera import Area
from bulwark.saves.replays import Playback
from bulwark.sim.layout import event

_DURATION_TICKS = 50.0
_FADE_TICKS = 12.0
_BELOW_NOTICES = 92.0
_HINT_WIDTH = 440.0
_KEYS = (
    Action.PAUSE, Action.SPEED, Action.START_WAVE, Action.UPGRADE, Action.SELL, Action.TARGETING, Action.SAVE,
    Action.LOAD, Action.HELP, Action.DEBUG, Action.FULLSCREEN,
)  # fmt: skip


class Banners:
    """Shows the last notable event for a while."""

    def __init__(self) -> None:
        self._text = ""
        self._until = 0.0

    def note(self, events: Iterable[MatchEvent], clock: float) -> None:
        """Show these events, if they are notable."""
        for occurrence in events:
            if occurrence.kind == event.WAVE_BEGAN:
                self._text = f"Wave {occurrence.a}"
            elif occurrence.kind == event.WAVE_CLEARED:
                self._text = f"Wave {occurrence.a} cleared   +{occurrence.b} gold"
            else:
                continue
            self._until = clock + _DURATION_TICKS

    def draw(self, painter: Painter, field: Area, clock: float) -> None:
        """Draw the banner while it lasts."""
        left = self._until - clock
        if not self._text or left <= 0:
            return
        opacity = min(left / _FADE_TICKS, 1.0)
        width = painter.width_of(self._text, size=26) + 56
        middle = field.x + field.width / 2
        top = field.y + _BELOW_NOTICES
        painter.box((middle - width / 2, top, width, 50), NIGHT, radius=25, opacity=0.75 * opacity)
        painter.text(self._text, (middle, top + 25), size=26, anchor="center", opacity=opacity)


def draw_hint(painter: Painter, layout: Layout, hint: Hint, bindings: Bindings) -> None:
    """The hint, beside what it is about, with an arrow to it."""
    text = re.sub(
        r"\{([a-z0-9-]+)\}",
        lambda name: bindings.first(Action(name[1])) or LABELS[Action(name[1])],
        hint.text,
    )
    inner = _HINT_WIDTH - 72
    height = painter.rendered(text, size=16, colour=TEXT, wrap=inner).height / painter.scale + 30
    field, left, top = layout.field, 0.0, 0.0
    match hint.points_at:
        case "wave":
            left, top = field.x + field.width - _HINT_WIDTH - 26, layout.wave.y + 150
        case "tower":
            left, top = field.x + field.width - _HINT_WIDTH - 26, layout.tower.y + 150
        case "build":
            left, top = field.x + 30, field.y + field.height - height - 26
        case _:
            left, top = field.x + (field.width - _HINT_WIDTH) / 2, field.y + field.height - height - 16
    box = (left, top, _HINT_WIDTH, height)
    if hint.points_at in {"wave", "tower"}:
        edge, y = left + _HINT_WIDTH, top + height / 2
        _arrow(painter, [(edge, y - 12), (edge + 18, y), (edge, y + 12)])
    elif hint.points_at == "build":
        y = top + height
        _arrow(painter, [(left + 60, y), (left + 84, y), (left + 72, y + 18)])
    painter.box(box, PANEL, radius=12, opacity=0.96)
    painter.box(box, YELLOW, radius=12, edge=2)
    painter.icon("icon/help", (left + 30, top + height / 2), 34)
    painter.text(text, (left + 56, top + 15), size=16, wrap=inner)


def _arrow(painter: Painter, places: list[tuple[float, float]]) -> None:
    painter.polygon(places, YELLOW)


def draw_keys(painter: Painter, layout: Layout, bindings: Bindings) -> None:
    """The list of keys, shown when no tower is selected."""
    area = layout.tower
    painter.panel((area.x, area.y, area.width, area.height))
    painter.text("Keys", (area.x + 14, area.y + 12), size=18)
    for n, action in enumerate(_KEYS):
        y = area.y + 46 + n * 26
        if y + 24 > area.y + area.height:
            return
        key = bindings.first(action)
        painter.text(LABELS[action], (area.x + 14, y), size=14, colour=FAINT)
        painter.text(key, (area.x + area.width - 14, y), size=14, anchor="topright")


def draw_replay_bar(painter: Painter, layout: Layout, session: Session) -> None:
    """Replaces the build bar in a replay: how far it has played."""
    bar, playback = layout.build, session.steps
    assert isinstance(playback, Playback)  # noqa: S101  for mypy
    painter.box((bar.x, bar.y, bar.width, bar.height), PANEL)
    replay = playback.replay
    share = min(session.match.tick / max(replay.ticks, 1), 1.0)
    progress = f"Replay, seed {replay.seed}: tick {session.match.tick:,} of {replay.ticks:,}"
    painter.text(progress, (bar.x + 24, bar.y + 22), size=18)
    checked = sum(each.tick <= session.match.tick for each in replay.checkpoints)
    matched = f"{checked} of {len(replay.checkpoints)} checkpoints match"
    painter.text(matched, (bar.x + bar.width - 24, bar.y + 24), size=14, colour=FAINT, anchor="topright")
    painter.box((bar.x + 24, bar.y + 62, bar.width - 48, 12), EDGE, radius=6)
    painter.box((bar.x + 24, bar.y + 62, (bar.width - 48) * share, 12), SKY, radius=6)

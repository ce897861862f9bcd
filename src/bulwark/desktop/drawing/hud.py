"""The top bar: lives, gold, waves, speed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulwark.desktop.drawing.layout import TOP, Layout
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import EDGE, FAINT, PANEL, TEXT, VERMILLION, YELLOW
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.match.session import SPEEDS, Session
from bulwark.desktop.scene.camera import Area
from bulwark.sim import rules
from bulwark.sim.layout import score

_FEW_LIVES = 5
_BUTTON = 40.0


def hud_widgets(
    layout: Layout,
    session: Session,
    *,
    speed: Callable[[int], None],
    pause: Callable[[], None],
    menu: Callable[[], None],
) -> Sequence[Widget]:
    """Speeds, pause and menu, from the right."""
    top, right = (TOP - _BUTTON) / 2, layout.width - 12
    places = [Area(right - (n + 1) * (_BUTTON + 6), top, _BUTTON, _BUTTON) for n in range(5)]
    resumed = "icon/play" if session.paused else "icon/pause"
    buttons = [
        Button(key="menu", area=places[0], icon="icon/menu", act=menu, note="Menu: save, load, settings"),
        Button(
            key="pause", area=places[1], icon=resumed, act=pause, selected=session.paused,
            note="Pause; you can still build",
        ),
    ]  # fmt: skip
    for n, factor in enumerate(reversed(SPEEDS)):
        buttons.append(
            Button(
                key=f"speed-{factor}",
                area=places[n + 2],
                icon=f"icon/speed-{factor}",
                act=lambda factor=factor: speed(factor),  # type: ignore[misc]
                selected=session.speed == factor,
                note=f"Speed x{factor}",
            )
        )
    return buttons


def draw_hud(painter: Painter, layout: Layout, session: Session, *, title: str) -> None:
    """Draw the bar; the widgets are drawn on top."""
    match, middle = session.match, TOP / 2
    painter.box((0, 0, layout.width, TOP), PANEL)
    painter.line([(0, TOP - 0.5), (layout.width, TOP - 0.5)], EDGE)
    few = match.lives <= _FEW_LIVES
    lives = f"{match.lives}" + (" !" if few else "")
    _counter(painter, 20, "icon/lives", lives, VERMILLION if few else TEXT)
    _counter(painter, 130, "icon/gold", f"{match.gold}", YELLOW)
    cleared = int(match.world.score[score.CLEARED])
    _counter(painter, 260, "icon/wave", f"{match.wave} / {match.wave_count}", TEXT)
    painter.text(f"{cleared} cleared", (380, middle), size=14, colour=FAINT, anchor="midleft")
    difficulty = rules.DIFFICULTIES[int(match.world.score[score.DIFFICULTY])]
    painter.text(f"{title}, {difficulty}", (layout.width / 2 + 60, middle), size=18, anchor="center")
    if session.paused:
        painter.text("PAUSED", (layout.width - 330, middle), size=16, colour=YELLOW, anchor="midright")


def _counter(painter: Painter, left: float, icon: str, text: str, colour: tuple[int, int, int]) -> None:
    painter.icon(icon, (left + 15, TOP / 2), 30)
    painter.text(text, (left + 38, TOP / 2), size=22, colour=colour, anchor="midleft")

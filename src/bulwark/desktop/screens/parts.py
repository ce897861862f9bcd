"""What several screens share."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.desktop.app import App
from bulwark.desktop.camera import Area
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.widgets import Desk, Widget, veil
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.signals import Phase, Press, Signal
from bulwark.desktop.settings import MOST_STARS


class Form:
    """A screen that is a panel of widgets. It is over the screen below; CANCEL goes back to that."""

    covers = False
    size = (460.0, 420.0)

    def __init__(self, app: App) -> None:
        self.app = app
        self.desk = Desk()

    def widgets(self) -> Sequence[Widget]:
        """Its widgets as they are now, inside `panel`."""
        return ()

    def content(self, painter: Painter, panel: Area) -> None:
        """Draw what is on the panel beside the widgets."""

    @property
    def panel(self) -> Area:
        """In the middle of the screen."""
        width, height = self.size
        painter = self.app.painter
        return Area((painter.width - width) / 2, (painter.height - height) / 2, width, height)

    def take(self, signal: Signal) -> None:
        """Let the widgets have it; CANCEL goes back."""
        if isinstance(signal, Press) and signal.action is Action.CANCEL:
            self.cancel()
            return
        widgets = self.widgets()
        taken = self.desk.take(signal, widgets)
        if taken and (
            signal.action is Action.CONFIRM if isinstance(signal, Press) else signal.phase is Phase.UP
        ):
            self.app.sound.play("click")

    def cancel(self) -> None:
        """Back to the screen below."""
        self.app.pop()

    def advance(self, elapsed: int) -> None:
        """Nothing moves."""

    def draw(self, painter: Painter) -> None:
        """The panel over what is below."""
        panel, widgets = self.panel, self.widgets()
        if not self.covers:
            veil(painter)
        painter.panel((panel.x, panel.y, panel.width, panel.height), opacity=1.0, radius=16)
        self.content(painter, panel)
        self.desk.draw(painter, widgets)
        draw_note(painter, self.desk, widgets)

    def leave(self) -> None:
        """Nothing is to be kept."""


def draw_note(painter: Painter, desk: Desk, widgets: Sequence[Widget]) -> None:
    """What the widget pointed at has to say, at the pointer's side of the screen."""
    found = desk.pointed(widgets)
    if found is None or not found.note:
        return
    width, size = painter.width_of(found.note, size=14) + 24, 14
    area = found.area
    left = min(max(area.x + area.width / 2 - width / 2, 6), painter.width - width - 6)
    top = area.y + area.height + 6
    if top + 32 > painter.height:
        top = area.y - 38
    painter.panel((left, top, width, 32), opacity=1.0, radius=6)
    painter.text(found.note, (left + 12, top + 16), size=size, anchor="midleft")


def draw_stars(painter: Painter, count: int, at: tuple[float, float], *, size: float) -> None:
    """Stars, full and empty, with the middle one at a place."""
    for n in range(MOST_STARS):
        name = "icon/star" if n < count else "icon/star-empty"
        painter.icon(name, (at[0] + (n - 1) * size * 1.1, at[1]), size)

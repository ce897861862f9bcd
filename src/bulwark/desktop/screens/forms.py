"""Forms, and other parts several screens share."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.widgets import Widget, WidgetGroup, dim
from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.signals import Phase, Press, Signal
from bulwark.desktop.scene.camera import Area
from bulwark.stars import MAX_STARS


class Form:
    """A screen that is a panel of widgets over the screen below; CANCEL goes back."""

    covers = False
    takes_all_keys = False
    size = (460.0, 420.0)

    def __init__(self, app: App) -> None:
        self.app = app
        self.widget_group = WidgetGroup()

    def widgets(self) -> Sequence[Widget]:
        """Its current widgets, inside `panel`."""
        return ()

    def content(self, painter: Painter, panel: Area) -> None:
        """Draw the rest of the panel."""

    @property
    def panel(self) -> Area:
        """The panel's area, in the middle of the screen."""
        width, height = self.size
        painter = self.app.painter
        return Area((painter.width - width) / 2, (painter.height - height) / 2, width, height)

    def handle(self, signal: Signal) -> None:
        """Offer the signal to the widgets; CANCEL goes back."""
        if isinstance(signal, Press) and signal.action is Action.CANCEL:
            self.cancel()
            return
        widgets = self.widgets()
        handled = self.widget_group.handle(signal, widgets)
        if handled and (
            signal.action is Action.CONFIRM if isinstance(signal, Press) else signal.phase is Phase.UP
        ):
            self.app.sound.play("click")

    def cancel(self) -> None:
        """Back to the screen below."""
        self.app.pop()

    def advance(self, elapsed: int) -> None:
        """Nothing moves."""

    def draw(self, painter: Painter) -> None:
        """Draw the panel over what is below."""
        panel, widgets = self.panel, self.widgets()
        if not self.covers:
            dim(painter)
        painter.panel((panel.x, panel.y, panel.width, panel.height), opacity=1.0, radius=16)
        self.content(painter, panel)
        self.widget_group.draw(painter, widgets)
        draw_note(painter, self.widget_group, widgets)

    def close(self) -> None:
        """Nothing to save."""

    def set_aside(self) -> None:
        """Nothing to pause."""


def draw_note(painter: Painter, widget_group: WidgetGroup, widgets: Sequence[Widget]) -> None:
    """The note of the widget pointed at, beside it."""
    widget = widget_group.pointed(widgets)
    if widget is None or not widget.note:
        return
    width, size = painter.width_of(widget.note, size=14) + 24, 14
    area = widget.area
    left = min(max(area.x + area.width / 2 - width / 2, 6), painter.width - width - 6)
    top = area.y + area.height + 6
    if top + 32 > painter.height:
        top = area.y - 38
    painter.panel((left, top, width, 32), opacity=1.0, radius=6)
    painter.text(widget.note, (left + 12, top + 16), size=size, anchor="midleft")


def draw_stars(painter: Painter, count: int, at: tuple[float, float], *, size: float) -> None:
    """Full and empty stars, the middle one centred at `at`."""
    for n in range(MAX_STARS):
        name = "icon/star" if n < count else "icon/star-empty"
        painter.icon(name, (at[0] + (n - 1) * size * 1.1, at[1]), size)

"""The question after the first match: whether the game may send telemetry. It is off until the player switches it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT
from bulwark.desktop.drawing.widgets import Button, Switch, Widget
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.forms import Form
from bulwark.errors import TelemetryError
from bulwark.telemetry import events
from bulwark.telemetry.consent import EXPLANATION, QUESTION, Choice


def asking_first(app: App, act: Callable[[], None]) -> Callable[[], None]:
    """`act`, after the question if it has never been answered."""

    def ask_or_act() -> None:
        if app.telemetry.consent.choice is Choice.UNASKED:
            app.push(ConsentScreen(app, then=act))
        else:
            act()

    return ask_or_act


class ConsentScreen(Form):
    """Saves the player's choice, then calls `then`."""

    covers = True
    size = (640.0, 420.0)

    def __init__(self, app: App, *, then: Callable[[], None]) -> None:
        super().__init__(app)
        self._then = then
        self._on = False

    def widgets(self) -> Sequence[Widget]:
        """The switch and the button to continue."""
        panel = self.panel
        left, width = panel.x + 40, panel.width - 80
        return [
            Switch(
                key="telemetry", area=Area(left, panel.y + 254, width, 46), text="Send what happens in my matches",
                on=self._on, act=self._flip,
            ),
            Button(
                key="go", area=Area(left, panel.y + 326, width, 54), text="Continue", icon="icon/play", main=True, act=self._continue,
            ),
        ]  # fmt: skip

    def content(self, painter: Painter, panel: Area) -> None:
        """The question, and what it means."""
        left, width = panel.x + 40, panel.width - 80
        painter.text("One question", (left, panel.y + 34), size=28)
        painter.text(QUESTION, (left, panel.y + 86), size=18, wrap=width)
        painter.text(EXPLANATION, (left, panel.y + 122), size=15, colour=FAINT, wrap=width)
        painter.text(self.app.receiver, (left, panel.y + 210), size=14, colour=FAINT, wrap=width)

    def cancel(self) -> None:
        """The question wants an answer."""

    def _flip(self) -> None:
        self._on = not self._on

    def _continue(self) -> None:
        try:
            self.app.telemetry.choose(on=self._on)
        except TelemetryError as error:
            self.app.notify(str(error))
        # The session began before telemetry was allowed.
        self.app.telemetry.record(events.session_started())
        self.app.pop()
        self._then()

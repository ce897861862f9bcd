"""A question with one answer and a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.forms import Form


class ConfirmScreen(Form):
    """Asks, and acts if the answer is yes."""

    size = (560.0, 290.0)

    def __init__(self, app: App, *, title: str, text: str, answer: str, act: Callable[[], None]) -> None:
        super().__init__(app)
        self._text = (title, text)
        self._answer = answer
        self._act = act

    def widgets(self) -> Sequence[Widget]:
        """The answer and back."""
        left, width, top = self.panel.x + 40, self.panel.width - 80, self.panel.y + self.panel.height - 126
        return [
            Button(key="yes", area=Area(left, top, width, 46), text=self._answer, act=self._yes),
            Button(
                key="back",
                area=Area(left, top + 54, width, 46),
                text="Back",
                icon="icon/back",
                act=self.cancel,
            ),
        ]

    def content(self, painter: Painter, panel: Area) -> None:
        """The question."""
        title, text = self._text
        painter.text(title, (panel.x + 40, panel.y + 30), size=24)
        painter.text(text, (panel.x + 40, panel.y + 74), size=16, colour=FAINT, wrap=panel.width - 80)

    def _yes(self) -> None:
        self.app.pop()
        self._act()

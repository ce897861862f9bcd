"""A question with its answers and a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.forms import Form

_ROW = 54.0


class Answer(NamedTuple):
    """An answer, and what it does."""

    key: str
    text: str
    act: Callable[[], None]


class ConfirmScreen(Form):
    """Asks, and acts on the answer; going back does nothing."""

    def __init__(self, app: App, *, title: str, text: str, answers: Sequence[Answer]) -> None:
        super().__init__(app)
        self._text = (title, text)
        self._answers = answers
        self.size = (560.0, 236.0 + _ROW * len(answers))

    def widgets(self) -> Sequence[Widget]:
        """The answers and back."""
        panel, count = self.panel, len(self._answers) + 1
        areas = [
            Area(panel.x + 40, panel.y + panel.height - 18 - (count - n) * _ROW, panel.width - 80, 46)
            for n in range(count)
        ]
        return [
            *(
                Button(key=key, area=area, text=text, act=lambda act=act: self._answer(act))  # type: ignore[misc]
                for area, (key, text, act) in zip(areas, self._answers, strict=False)
            ),
            Button(key="back", area=areas[-1], text="Back", icon="icon/back", act=self.cancel),
        ]

    def content(self, painter: Painter, panel: Area) -> None:
        """The question."""
        title, text = self._text
        painter.text(title, (panel.x + 40, panel.y + 30), size=24)
        painter.text(text, (panel.x + 40, panel.y + 74), size=16, colour=FAINT, wrap=panel.width - 80)

    def _answer(self, act: Callable[[], None]) -> None:
        self.app.pop()
        act()

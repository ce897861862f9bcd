"""Asks for a name, typed on the keyboard; a gamepad takes the one that is suggested."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT, SKY, TEXT
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.input.signals import Press, Signal
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.forms import Form

_LONGEST = 20
_KEY = "key:"


class NameScreen(Form):
    """Passes the name on; going back does nothing."""

    size = (440.0, 236.0)
    takes_all_keys = True

    def __init__(
        self, app: App, *, title: str, suggested: str, taken: Collection[str], act: Callable[[str], None]
    ) -> None:
        """`taken` are the names that something kept already has: it would be replaced, and the button says so."""
        super().__init__(app)
        self._title = title
        self._suggested = suggested
        self._taken = taken
        self._act = act
        self._typed = ""

    @property
    def name(self) -> str:
        """What was typed, or the suggestion."""
        return self._typed.strip() or self._suggested

    def handle(self, signal: Signal) -> None:
        """A key is part of the name; everything else does what it does on every form."""
        if isinstance(signal, Press) and signal.code.startswith(_KEY):
            self._type(signal.code.removeprefix(_KEY))
        else:
            super().handle(signal)

    def widgets(self) -> Sequence[Widget]:
        """Save and back."""
        panel = self.panel
        left, width, bottom = panel.x + 30, panel.width - 60, panel.y + panel.height
        text = "Replace" if self.name in self._taken else "Save"
        return [
            Button(
                key="save", area=Area(left, bottom - 72, width / 2 - 6, 46), text=text, act=self._save, main=True
            ),
            Button(
                key="back", area=Area(left + width / 2 + 6, bottom - 72, width / 2 - 6, 46), text="Back",
                act=self.cancel,
            ),
        ]  # fmt: skip

    def content(self, painter: Painter, panel: Area) -> None:
        """The title and the name so far."""
        painter.text(self._title, (panel.x + 30, panel.y + 26), size=24)
        field = (panel.x + 30, panel.y + 84, panel.width - 60, 44)
        painter.box(field, SKY, radius=8, edge=2)
        shown, colour = (f"{self._typed}|", TEXT) if self._typed else (self._suggested, FAINT)
        painter.text(
            shown, (panel.x + 44, panel.y + 106), size=18, anchor="midleft", colour=colour, fit=field[2] - 28
        )

    def _type(self, key: str) -> None:
        match key:
            case "escape":
                self.cancel()
            case "return" | "enter":
                self._save()
            case "backspace":
                self._typed = self._typed[:-1]
            case "space":
                self._add(" ")
            case _:
                self._add(key[1:-1] if key.startswith("[") and key.endswith("]") else key)

    def _add(self, letter: str) -> None:
        if len(letter) == 1 and letter.isprintable() and len(self._typed) < _LONGEST:
            self._typed += letter if self._typed else letter.upper()

    def _save(self) -> None:
        self.app.pop()
        self._act(self.name)

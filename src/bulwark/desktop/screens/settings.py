"""Volumes, the window, telemetry, and what each key, button and finger does."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.desktop.app import App
from bulwark.desktop.camera import Area
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT, YELLOW
from bulwark.desktop.drawing.widgets import Button, Slider, Switch, Widget
from bulwark.desktop.input.actions import LABELS, Action
from bulwark.desktop.input.bindings import readable
from bulwark.desktop.input.signals import Phase, Pointer, Press, Signal
from bulwark.desktop.screens.parts import Form
from bulwark.errors import TelemetryError

_ROW = 33.0
_LEFT = 320.0
_SHOWN = 38  # letters of codes that fit into a row


class SettingsScreen(Form):
    """Every change works at once and is kept at once."""

    covers = True
    size = (1180.0, 730.0)

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._waiting_for: Action | None = None

    def take(self, signal: Signal) -> None:
        """While a row waits, the next code becomes its; otherwise as every form."""
        if self._waiting_for is None:
            super().take(signal)
            return
        if isinstance(signal, Press) or (signal.by is not None and signal.phase is Phase.DOWN):
            self._bind(self._waiting_for, signal)
            self._waiting_for = None

    def widgets(self) -> Sequence[Widget]:
        """Switches and sliders on the left, the rows of actions beside."""
        return [*self._switches(), *self._rows()]

    def content(self, painter: Painter, panel: Area) -> None:
        """Titles, and the rows' texts."""
        painter.text("Settings", (panel.x + 30, panel.y + 22), size=28)
        painter.text("What does what", (panel.x + _LEFT + 50, panel.y + 28), size=20)
        said = "Choose a row, then press a key, a button or a stick. Esc is a key like any other."
        painter.text(said, (panel.x + _LEFT + 220, panel.y + 33), size=14, colour=FAINT)
        trouble = self.app.sound.trouble or self.app.telemetry.trouble
        painter.text(trouble, (panel.x + 30, panel.y + 470), size=13, colour=FAINT, wrap=_LEFT - 20)
        painter.text(self.app.receiver, (panel.x + 30, panel.y + 400), size=13, colour=FAINT, wrap=_LEFT - 20)

    def draw(self, painter: Painter) -> None:
        """The form, and over its rows what does what."""
        super().draw(painter)
        bindings = self.app.reader.bindings
        for row in self._rows():
            action = Action(row.key)
            middle = row.area.y + row.area.height / 2
            painter.text(LABELS[action], (row.area.x + 12, middle), size=14, anchor="midleft")
            codes = ", ".join(readable(code) for code in bindings.codes[action]) or "nothing"
            waits = action is self._waiting_for
            said = (
                "press something ..."
                if waits
                else codes
                if len(codes) <= _SHOWN
                else codes[: _SHOWN - 3] + "..."
            )
            right = row.area.x + row.area.width - 12
            painter.text(said, (right, middle), size=13, anchor="midright", colour=YELLOW if waits else FAINT)

    def _switches(self) -> Sequence[Widget]:
        panel, settings, app = self.panel, self.app.settings, self.app
        left, width = panel.x + 30, _LEFT - 10
        rows = [Area(left, panel.y + 76 + n * 52, width, 44) for n in range(13)]
        return [
            Slider(
                key="effects", area=rows[0], text="Effects", value=settings.effects, change=self._set_effects,
            ),
            Slider(key="music", area=rows[1], text="Music", value=settings.music, change=self._set_music),
            Switch(
                key="muted", area=rows[2], text="Silence", on=settings.muted,
                act=lambda: app.change(muted=not app.settings.muted),
            ),
            Switch(
                key="fullscreen", area=rows[3], text="Full screen", on=settings.fullscreen,
                act=lambda: app.change(fullscreen=not app.settings.fullscreen),
            ),
            Switch(
                key="hints", area=rows[4], text="Hints in the first map", on=settings.hints,
                act=lambda: app.change(hints=not app.settings.hints),
            ),
            Switch(
                key="telemetry", area=rows[5], text="Tell how matches go", on=app.telemetry.consent.allows,
                act=self._flip_telemetry, note="Off also forgets the random number and what was not sent yet",
            ),
            Button(
                key="defaults", area=rows[10], text="All keys as they were", icon="icon/restart",
                act=lambda: app.change(bindings={}),
            ),
            Button(key="back", area=rows[11], text="Back", icon="icon/back", act=app.pop),
        ]  # fmt: skip

    def _rows(self) -> Sequence[Button]:
        panel = self.panel
        left = panel.x + _LEFT + 50
        width = (panel.width - _LEFT - 50 - 30 - 16) / 2
        half = -(-len(Action) // 2)
        return [
            Button(
                key=action.value,
                area=Area(left + n // half * (width + 16), panel.y + 76 + n % half * (_ROW + 6), width, _ROW),
                act=lambda action=action: self._wait_for(action),  # type: ignore[misc]
                chosen=action is self._waiting_for,
            )
            for n, action in enumerate(Action)
        ]

    def _wait_for(self, action: Action) -> None:
        self._waiting_for = action

    def _bind(self, action: Action, signal: Press | Pointer) -> None:
        try:
            bindings = self.app.reader.bindings.bound(action, signal.code)
        except ValueError as error:
            self.app.tell(str(error))
            return
        self.app.change(bindings=bindings.changes())

    def _set_effects(self, value: float) -> None:
        self.app.change(effects=value)
        self.app.sound.play("click")

    def _set_music(self, value: float) -> None:
        self.app.change(music=value)

    def _flip_telemetry(self) -> None:
        try:
            self.app.telemetry.choose(on=not self.app.telemetry.consent.allows)
        except TelemetryError as error:
            self.app.tell(str(error))

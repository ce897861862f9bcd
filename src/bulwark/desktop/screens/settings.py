"""Volumes, window, telemetry, and the input bindings."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT, YELLOW
from bulwark.desktop.drawing.widgets import Button, Slider, Switch, Widget
from bulwark.desktop.input.actions import LABELS, Action
from bulwark.desktop.input.bindings import FIXED, readable
from bulwark.desktop.input.signals import Phase, Pointer, Press, Signal
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.forms import Form
from bulwark.errors import TelemetryError

_ROW = 33.0
_LEFT = 320.0
_SWITCHES = (
    ("muted", "Mute"), ("fullscreen", "Full screen"), ("hints", "Hints on the first map"),
    ("larger_text", "Larger text"), ("high_contrast", "High contrast"), ("reduced_motion", "Reduced motion"),
)  # fmt: skip


class SettingsScreen(Form):
    """Every change takes effect and is saved immediately."""

    covers = True
    size = (1180.0, 730.0)

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._waiting_for: Action | None = None

    def handle(self, signal: Signal) -> None:
        """While a row waits for input, the next code is bound to it; otherwise as for every form.

        A click, a tap and whatever means "back" end the waiting; the click then does what it always does.
        """
        if self._waiting_for is None:
            super().handle(signal)
        elif isinstance(signal, Pointer) and signal.by is not Action.PAN:
            if signal.phase is Phase.DOWN:
                self._waiting_for = None
            super().handle(signal)
        elif isinstance(signal, Press) or signal.phase is Phase.DOWN:
            if signal.code not in FIXED and self.app.input.bindings.action(signal.code) is not Action.CANCEL:
                self._bind(self._waiting_for, signal)
            self._waiting_for = None

    @property
    def takes_all_keys(self) -> bool:  # type: ignore[override]  # other forms never wait
        """While a row waits for its key."""
        return self._waiting_for is not None

    def widgets(self) -> Sequence[Widget]:
        """Switches and sliders on the left, the actions beside them."""
        return [*self._switches(), *self._rows()]

    def content(self, painter: Painter, panel: Area) -> None:
        """Headings and texts."""
        painter.text("Settings", (panel.x + 30, panel.y + 22), size=28)
        painter.text("Controls", (panel.x + _LEFT + 50, panel.y + 28), size=20)
        help_text = "Select a row, then press a key, button or stick. Esc or a click cancels."
        painter.text(help_text, (panel.x + _LEFT + 220, panel.y + 33), size=14, colour=FAINT)
        trouble = self.app.sound.trouble or self.app.telemetry.trouble
        notes = " ".join(filter(None, (self.app.receiver, trouble)))
        left, width = panel.x + _LEFT + 50, panel.width - _LEFT - 80
        painter.text(notes, (left, panel.y + panel.height - 84), size=13, colour=FAINT, wrap=width)

    def draw(self, painter: Painter) -> None:
        """Draw the form, and the current bindings in its rows."""
        super().draw(painter)
        bindings = self.app.input.bindings
        for row in self._rows():
            action = Action(row.key)
            middle = row.area.y + row.area.height / 2
            painter.text(LABELS[action], (row.area.x + 12, middle), size=14, anchor="midleft")
            codes = ", ".join(readable(code) for code in bindings.codes[action]) or "not bound"
            waits = action is self._waiting_for
            text, colour = ("press a key ...", YELLOW) if waits else (codes, FAINT)
            right = row.area.x + row.area.width - 12
            room = row.area.width - 40 - painter.width_of(LABELS[action], size=14)
            painter.text(text, (right, middle), size=13, anchor="midright", colour=colour, fit=room)

    def _switches(self) -> Sequence[Widget]:
        panel, settings, app = self.panel, self.app.settings, self.app
        left, width = panel.x + 30, _LEFT - 10
        rows = [Area(left, panel.y + 76 + n * 52, width, 44) for n in range(13)]
        return [
            Slider(
                key="effects", area=rows[0], text="Effects", value=settings.effects, change=self._set_effects,
            ),
            Slider(key="music", area=rows[1], text="Music", value=settings.music, change=self._set_music),
            *(
                Switch(
                    key=field, area=rows[2 + n], text=text, on=getattr(settings, field),
                    act=lambda field=field: self._flip(field),  # type: ignore[misc]
                )
                for n, (field, text) in enumerate(_SWITCHES)
            ),
            Switch(
                key="telemetry", area=rows[8], text="Send telemetry", on=app.telemetry.consent.allows,
                act=self._flip_telemetry, note="Switching it off also deletes the random id and everything not yet sent",
            ),
            Button(
                key="defaults", area=rows[10], text="Reset all bindings", icon="icon/restart",
                act=lambda: app.change_settings(bindings={}),
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
                selected=action is self._waiting_for,
            )
            for n, action in enumerate(Action)
        ]

    def _wait_for(self, action: Action) -> None:
        self._waiting_for = action

    def _bind(self, action: Action, signal: Press | Pointer) -> None:
        try:
            bindings = self.app.input.bindings.bound(action, signal.code)
        except ValueError as error:
            self.app.notify(str(error))
            return
        self.app.change_settings(bindings=bindings.changes())

    def _flip(self, field: str) -> None:
        self.app.change_settings(**{field: not getattr(self.app.settings, field)})

    def _set_effects(self, value: float) -> None:
        self.app.change_settings(effects=value)
        self.app.sound.play("click")

    def _set_music(self, value: float) -> None:
        self.app.change_settings(music=value)

    def _flip_telemetry(self) -> None:
        try:
            self.app.telemetry.choose(on=not self.app.telemetry.consent.allows)
        except TelemetryError as error:
            self.app.notify(str(error))

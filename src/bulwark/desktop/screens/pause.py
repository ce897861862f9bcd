"""The pause menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.forms import Form
from bulwark.desktop.screens.settings import SettingsScreen


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseActions:
    """What the pause menu offers for this match; None if not available."""

    again: Callable[[], None]
    save: Callable[[], None] | None = None
    load: Callable[[], None] | None = None
    export: Callable[[], None] | None = None


class PauseScreen(Form):
    """The match is paused while it is open."""

    size = (420.0, 577.0)

    def __init__(self, app: App, actions: PauseActions) -> None:
        super().__init__(app)
        self._actions = actions

    def widgets(self) -> Sequence[Widget]:
        """The actions available."""
        actions = self._actions
        acts: list[tuple[str, str, str, Callable[[], None] | None]] = [
            ("resume", "Resume", "icon/play", self.app.pop),
            ("save", "Save", "icon/save", self._then_close(actions.save)),
            ("load", "Load the last save", "icon/load", self._then_close(actions.load)),
            ("export", "Export to a file", "icon/save", self._then_close(actions.export)),
            ("settings", "Settings", "icon/settings", lambda: self.app.push(SettingsScreen(self.app))),
            ("again", "Restart", "icon/restart", self._then_close(actions.again)),
            ("maps", "Choose a map", "icon/flag", self.app.go_home),
            ("quit", "Quit", "icon/close", self.app.quit),
        ]
        left, width = self.panel.x + 40, self.panel.width - 80
        return [
            Button(
                key=key, area=Area(left, self.panel.y + 92 + n * 57, width, 48), text=text, icon=icon,
                act=act or (lambda: None), enabled=act is not None,
            )
            for n, (key, text, icon, act) in enumerate(acts)
        ]  # fmt: skip

    def content(self, painter: Painter, panel: Area) -> None:
        """The heading."""
        painter.text("Paused", (panel.x + 40, panel.y + 24), size=28)
        status = "The match is saved when you leave." if self._actions.save else "You are watching a replay."
        painter.text(status, (panel.x + 40, panel.y + 60), size=14, colour=FAINT)

    def _then_close(self, act: Callable[[], None] | None) -> Callable[[], None] | None:
        if act is None:
            return None

        def close_and_act() -> None:
            self.app.pop()
            act()

        return close_and_act

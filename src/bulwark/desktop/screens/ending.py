"""The result of a match: stars, statistics, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT, ORANGE, SKY
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.match import describe
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.consent import asking_first
from bulwark.desktop.screens.forms import Form, draw_stars
from bulwark.sim.layout import score
from bulwark.sim.match import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingActions:
    """What the player can do next; None if not available."""

    again: Callable[[], None]
    following: Callable[[], None] | None
    resume: Callable[[], None] | None
    replay: Callable[[], None] | None


class EndingScreen(Form):
    """Shown over the end of the match."""

    size = (480.0, 640.0)

    def __init__(self, app: App, match: Match, *, stars: int, actions: EndingActions) -> None:
        super().__init__(app)
        self._match = match
        self._stars = stars
        self._actions = actions

    def widgets(self) -> Sequence[Widget]:
        """The actions available."""
        counts = self._match.outcome == score.WON and not self._match.tweaked
        acts: list[tuple[str, str, str, Callable[[], None] | None]] = [
            ("again", "Play again", "icon/restart", self._then(self._actions.again)),
            ("maps", "Choose a map", "icon/flag", self.cancel),
            ("replay", "Watch the replay", "icon/play", self._then(self._actions.replay)),
        ]
        if self._actions.following is not None:
            acts.insert(0, ("next", "Next map", "icon/skip", self._then(self._actions.following)))
        if not counts:
            acts.insert(
                0,
                ("resume", "Resume from the last checkpoint", "icon/load", self._then(self._actions.resume)),
            )
        left, width, bottom = self.panel.x + 40, self.panel.width - 80, self.panel.y + self.panel.height
        return [
            Button(
                key=key, area=Area(left, bottom - 24 - (len(acts) - n) * 54, width, 46), text=text, icon=icon,
                act=act or (lambda: None), enabled=act is not None,
            )
            for n, (key, text, icon, act) in enumerate(acts)
        ]  # fmt: skip

    def content(self, painter: Painter, panel: Area) -> None:
        """The outcome and its statistics."""
        match, won = self._match, self._match.outcome == score.WON
        middle = panel.x + panel.width / 2
        painter.icon("icon/trophy" if won else "effect/skull", (middle, panel.y + 56), 72)
        text = "The gate holds!" if won else "The gate has fallen"
        painter.text(text, (middle, panel.y + 112), size=30, anchor="center", colour=SKY if won else ORANGE)
        if won and match.tweaked:
            note = "Physics was changed: no stars"
            painter.text(note, (middle, panel.y + 160), size=18, anchor="center", colour=FAINT)
        elif won:
            draw_stars(painter, self._stars, (middle, panel.y + 160), size=44)
        numbers = match.world.score
        facts = (
            ("waves", f"{int(numbers[score.CLEARED])} of {match.wave_count}"),
            ("creeps killed", f"{int(numbers[score.KILLED])}"),
            ("got through", f"{int(numbers[score.LEAKED])}"),
            ("gold earned", f"{int(numbers[score.EARNED])}"),
            ("time", describe.duration(match.tick)),
        )
        for n, (name, text) in enumerate(facts):
            y = panel.y + (198 if won else 152) + n * 23
            painter.text(name, (middle - 12, y), size=15, colour=FAINT, anchor="topright")
            painter.text(text, (middle + 12, y), size=15)

    def cancel(self) -> None:
        """Back to the maps."""
        asking_first(self.app, self.app.go_home)()

    def _then(self, act: Callable[[], None] | None) -> Callable[[], None] | None:
        return None if act is None else asking_first(self.app, act)

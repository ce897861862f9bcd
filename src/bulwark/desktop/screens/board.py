"""The match as the play screen shows it: the session, the player's selection, and the camera over the map."""

from __future__ import annotations

from bulwark.desktop.drawing.layout import Layout
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.match.selection import Selection
from bulwark.desktop.match.session import Session
from bulwark.desktop.scene.camera import Camera
from bulwark.sim.match import Match


class Board:
    """What the play screen draws and the controls change."""

    def __init__(self, session: Session, painter: Painter) -> None:
        self.session = session
        self.selection = Selection(session.match)
        self.layout = Layout(painter.width, painter.height)
        self.camera = Camera(session.match.game_map, self.layout.field)
        self.debug = False

    @property
    def match(self) -> Match:
        """The match being played or watched."""
        return self.session.match

    @property
    def watching(self) -> bool:
        """Whether this is a replay, which accepts no commands."""
        return self.session.watching

    def fit(self, painter: Painter) -> None:
        """Adopt the window's current size."""
        layout = Layout(painter.width, painter.height)
        if layout != self.layout:
            self.layout = layout
            self.camera.resize(layout.field)

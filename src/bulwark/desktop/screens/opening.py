"""Opens a save file: one that was exported here, or downloaded from the browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import FAINT
from bulwark.desktop.drawing.widgets import Button, Widget
from bulwark.desktop.profile.home import SUFFIX
from bulwark.desktop.scene.camera import Area
from bulwark.desktop.screens.forms import Form
from bulwark.desktop.screens.launcher import resume

_SHOWN = 6
_ROW = 50.0


class OpenScreen(Form):
    """Lists the newest save files of the download folder."""

    size = (620.0, 540.0)

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._files = _newest(app.home.downloads)

    def widgets(self) -> Sequence[Widget]:
        """The files and back."""
        panel = self.panel
        areas = [Area(panel.x + 40, panel.y + 136 + n * _ROW, panel.width - 80, 42) for n in range(_SHOWN)]
        return [
            *(
                Button(key=path.name, area=area, text=path.name, act=lambda path=path: self._open(path))  # type: ignore[misc]
                for area, path in zip(areas, self._files, strict=False)
            ),
            Button(
                key="back", area=Area(panel.x + 40, panel.y + panel.height - 70, panel.width - 80, 46), text="Back",
                icon="icon/back", act=self.cancel,
            ),
        ]  # fmt: skip

    def content(self, painter: Painter, panel: Area) -> None:
        """Where the files are, and the other ways to open one."""
        left, width = panel.x + 40, panel.width - 80
        painter.text("Open a save file", (left, panel.y + 28), size=26)
        help_text = (
            f"The newest {SUFFIX} files in {self.app.home.downloads}. "
            "You can also drop a file on the window. Files of the Play page open here, and these open there."
        )
        painter.text(help_text, (left, panel.y + 68), size=14, colour=FAINT, wrap=width)
        if not self._files:
            painter.text("There is none yet.", (left, panel.y + 146), size=16)

    def _open(self, path: Path) -> None:
        self.app.pop()
        resume(self.app, path)


def _newest(folder: Path) -> Sequence[Path]:
    files = [path for path in folder.glob(f"*{SUFFIX}") if path.is_file()] if folder.is_dir() else []
    return sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)[:_SHOWN]

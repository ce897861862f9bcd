"""Where the player's own files are: settings and progress, saves, replays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

VARIABLE = "BULWARK_HOME"
_NAME = "bulwark"


@dataclass(frozen=True, slots=True)
class Home:
    """Config and data folder, the same one if BULWARK_HOME is set; neither needs to exist yet."""

    config: Path
    data: Path

    @property
    def settings(self) -> Path:
        """Volumes, key bindings and whether hints are shown."""
        return self.config / "settings.json"

    @property
    def progress(self) -> Path:
        """The stars won on each map."""
        return self.config / "progress.json"

    @property
    def checkpoint(self) -> Path:
        """The match to continue: saved after every wave and on leaving."""
        return self.data / "saves" / "checkpoint.bulwark"

    @property
    def quick_save(self) -> Path:
        """The match the player saved by hand."""
        return self.data / "saves" / "quick.bulwark"

    def replay(self, name: str) -> Path:
        """The path of the replay called `name`."""
        return self.data / "replays" / f"{name}.bulwark-replay"


def locate_home(environment: Mapping[str, str]) -> Home:
    """The player's folders: BULWARK_HOME, or the platform's defaults."""
    folder = environment.get(VARIABLE)
    if folder:
        return Home(Path(folder), Path(folder))
    return Home(
        platformdirs.user_config_path(_NAME, appauthor=False),
        platformdirs.user_data_path(_NAME, appauthor=False),
    )

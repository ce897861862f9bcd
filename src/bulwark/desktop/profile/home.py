"""Where the player's own files are: settings and progress, saves, replays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

VARIABLE = "BULWARK_HOME"
SUFFIX, REPLAY_SUFFIX = ".bulwark", ".bulwark-replay"
_NAME = "bulwark"


@dataclass(frozen=True, slots=True)
class Home:
    """Config, data and download folder, all of them in BULWARK_HOME if it is set; none needs to exist yet."""

    config: Path
    data: Path
    downloads: Path  # where save files are exported to and opened from, as in the browser

    @property
    def settings(self) -> Path:
        """Volumes, key bindings and whether hints are shown."""
        return self.config / "settings.json"

    @property
    def progress(self) -> Path:
        """The stars won on each map."""
        return self.config / "progress.json"

    @property
    def lock(self) -> Path:
        """The file that the running program holds."""
        return self.data / "lock"

    @property
    def saves(self) -> Path:
        """The folder of checkpoints and quick saves."""
        return self.data / "saves"

    def checkpoint(self, map_id: str) -> Path:
        """The match to continue on a map: saved after every wave and on leaving."""
        return self.saves / f"{map_id}{SUFFIX}"

    def quick_save(self, map_id: str) -> Path:
        """The match the player saved by hand on a map."""
        return self.saves / f"{map_id}.quick{SUFFIX}"

    def replay(self, name: str) -> Path:
        """The path of the replay called `name`."""
        return self.data / "replays" / f"{name}{REPLAY_SUFFIX}"


def locate_home(environment: Mapping[str, str]) -> Home:
    """The player's folders: BULWARK_HOME, or the platform's defaults."""
    folder = environment.get(VARIABLE)
    if folder:
        return Home(Path(folder), Path(folder), Path(folder) / "exports")
    return Home(
        platformdirs.user_config_path(_NAME, appauthor=False),
        platformdirs.user_data_path(_NAME, appauthor=False),
        platformdirs.user_downloads_path(),
    )

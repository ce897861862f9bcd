"""The core's zip: everything the browser's Python needs, and nothing it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from bulwark.assets.archive import build_core_archive
from bulwark.assets.building import SOURCES

PACKAGE = SOURCES.parent
# As in the browser: no site-packages, no sources beside the zip.
PLAY = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from bulwark import browser, pacing, saves
from bulwark.sim.maps import read_map
from bulwark.sim.match import Match
match = Match.begin(read_map(Path(sys.argv[2]).read_text()), seed=7, difficulty=1)
for _ in range(30):
    match.step([])
print(match.tick, match.state_hash())
"""


def test_a_match_can_be_played_from_the_zip_and_a_map_only(folder: Path) -> None:
    bare = [sys.executable, "-I", "-S", "-c", PLAY]
    printed = subprocess.run(
        [*bare, str(folder / "core.zip"), str(folder / "maps" / "meadow.json")],
        check=True,
        capture_output=True,
        text=True,
    )
    assert printed.stdout.split()[0] == "30"


def test_the_zip_does_not_depend_on_file_times_or_modes(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(PACKAGE, tmp_path / "bulwark", ignore=shutil.ignore_patterns("built")))
    for file in copy.rglob("*.py"):
        os.utime(file, (1, 10**9))
        file.chmod(0o600)
    assert build_core_archive(copy) == build_core_archive(PACKAGE)


def test_the_zip_contains_only_what_the_browser_needs(folder: Path) -> None:
    with zipfile.ZipFile(folder / "core.zip") as core:
        parts = {name.split("/")[1] for name in core.namelist()}
    assert parts == {
        "__init__.py",
        "browser",
        "errors.py",
        "pacing.py",
        "saves",
        "sim",
        "stars.py",
        "steps.py",
        "telemetry",
        "texts.py",
    }

"""docs/game.md, "How to add a tower", followed to the letter in a copy: the tower stands in both players."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "game.md"
WEB = ROOT / "web"
BLOCK = re.compile(r"^ *```(\w+)(?: (\S+))?\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
# The tower is built at this cell of Meadow, next to the road.
CELL = (5, 6)

DESKTOP = """
import json, sys
from pathlib import Path
from bulwark.desktop.startup import Options
from bulwark.sim import rules
from bulwark.sim.commands import StartWave
from bulwark.sim.layout import tower
from tests.unit.bulwark.desktop.player import playing

home, cell, kind = Path(sys.argv[1]), tuple(json.loads(sys.argv[2])), len(rules.TOWERS) - 1
with playing(home, Options(map_id="meadow", seed=7)) as player:
    player.frames(2)
    player.press(f"tower-{kind}")
    player.frames(2)
    before = player.look(*cell)
    player.click(player.place(*cell))
    player.frames(3)
    changed = player.look(*cell) != before
    player.play.board.session.order(StartWave())
    player.until(lambda: player.match.shell_count > 0)
    player.frames(1)
    built = [int(kind) for kind in player.match.towers[tower.KIND][: player.match.tower_count]]
    print(json.dumps({"built": [rules.TOWERS[kind] for kind in built], "changed": changed}))
"""


class Block(NamedTuple):
    """A code block of the guide: its language, the file it is about, and its text."""

    language: str
    file: str
    text: str


class Copy(NamedTuple):
    """A copy of the sources with the guide's steps applied, and the contents of its files before that."""

    folder: Path
    before: Mapping[str, bytes]

    @property
    def sources(self) -> Path:
        return self.folder / "src"

    @property
    def built(self) -> Path:
        return self.sources / "bulwark" / "assets" / "built"

    def contents(self) -> Mapping[str, bytes]:
        files = (file for file in self.folder.rglob("*") if file.is_file() and self.built not in file.parents)
        return {file.relative_to(self.folder).as_posix(): file.read_bytes() for file in files}


def blocks() -> Sequence[Block]:
    """The code blocks of the guide, in order."""
    guide = GUIDE.read_text(encoding="utf-8").partition("## How to add a tower\n")[2].partition("\n## ")[0]
    return [Block(language, file, textwrap.dedent(text)) for language, file, text in BLOCK.findall(guide)]


def apply(difference: str, text: str) -> str:
    """`text` with the hunks of a diff applied; the lines they refer to must be there exactly once."""
    for hunk in difference.split("@@\n"):
        lines = hunk.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
        after = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
        assert text.count(before) == 1, f"docs/game.md shows lines that are not in the file:\n{before}"
        text = text.replace(before, after)
    return text


def run(command: Sequence[str], sources: Path) -> str:
    paths = os.pathsep.join([str(sources), str(ROOT)])
    drivers = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command,
        env={**os.environ, **drivers, "PYTHONPATH": paths},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The guide's steps, applied to a copy."""
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", "sources.json")
    shutil.copytree(ROOT / "src" / "bulwark", folder / "src" / "bulwark", ignore=ignored)
    copy = Copy(folder, {})
    copy = copy._replace(before=copy.contents())
    for block in blocks():
        file = folder / block.file
        if block.language == "diff":
            file.write_text(apply(block.text, file.read_text(encoding="utf-8")), encoding="utf-8")
        elif block.language == "svg":
            file.write_text(block.text, encoding="utf-8")
        else:
            for line in block.text.splitlines():
                run([sys.executable, *line.removeprefix("python ").split()], copy.sources)
    return copy


def test_the_steps_change_only_the_files_they_name(followed: Copy) -> None:
    named = {block.file for block in blocks() if block.file}
    after = followed.contents()
    assert {name for name in after if after[name] != followed.before.get(name)} == named
    assert len(named) == 3


def test_the_tower_is_built_and_shoots_on_the_desktop(followed: Copy, tmp_path: Path) -> None:
    printed = run([sys.executable, "-c", DESKTOP, str(tmp_path), json.dumps(CELL)], followed.sources)
    assert json.loads(printed.splitlines()[-1]) == {"built": ["thorn"], "changed": True}


def test_the_tower_is_built_and_shoots_in_the_browsers_core(followed: Copy, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules").is_dir():
        pytest.skip("no Node or no web packages here")
    script = Path(__file__).parents[1] / "added_tower.mjs"
    command = [node, str(script), str(WEB), str(followed.built), str(tmp_path), *map(str, CELL)]
    shown: Any = json.loads(run(command, followed.sources))
    assert shown["name"] == "thorn"
    assert {"tower/thorn/base-0", "tower/thorn/turret-0", "tower/thorn/shell"} <= set(shown["painted"])
    assert "bolt" in shown["sounds"]

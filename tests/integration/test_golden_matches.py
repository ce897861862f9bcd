"""The same matches give the recorded hashes on every Python found here, including the one in WebAssembly.

Changing the rules, a map or the core changes the hashes on purpose: then increment CORE_VERSION and regenerate them with
`python tests/golden_matches.py src/bulwark/assets/built/maps > tests/golden.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bulwark.assets import built
from tests import thorough

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "golden_matches.py"
PYODIDE = ROOT / "web" / "node_modules" / "pyodide"
RECORDED = json.loads((ROOT / "tests" / "golden.json").read_text(encoding="utf-8"))
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def pythons() -> Iterator[tuple[str, str]]:
    """Each available version with its interpreter: this one, those on PATH, and those in pyenv."""
    yield "this", sys.executable
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in VERSIONS:
        programs = [
            shutil.which(f"python{version}"),
            *map(str, sorted(versions.glob(f"{version}.*/bin/python"))),
        ]
        program = next((each for each in programs if each and runs(each, version)), None)
        if program:
            yield version, program


def runs(program: str, version: str) -> bool:
    """Whether a program is that Python; a shim may exist for a version that is not installed."""
    command = [program, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip() == version


def hashes_by(command: Sequence[str]) -> Any:
    """What the script prints when run with that command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout)


def maps() -> Path:
    return built.FOLDER / "maps"


PYTHONS: Mapping[str, str] = dict(pythons())


@pytest.mark.parametrize("version", thorough.sample(list(PYTHONS), 1, seed="pythons"))
def test_cpython_gives_the_recorded_hashes(version: str) -> None:
    assert hashes_by([PYTHONS[version], str(SCRIPT), str(maps())]) == RECORDED


@pytest.mark.timeout(300)
def test_the_browsers_python_gives_the_recorded_hashes() -> None:
    node = shutil.which("node")
    if node is None or not PYODIDE.is_dir():
        pytest.skip("no Node or no pyodide here")
    command = [node, str(SCRIPT.with_suffix(".mjs")), str(PYODIDE), str(ROOT / "src"), str(maps())]
    assert hashes_by(command) == RECORDED

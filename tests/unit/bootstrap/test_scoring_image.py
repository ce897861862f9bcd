"""The image and the conda environment of the scoring service: neither is built here, so their names and versions are compared."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.markers import Marker

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "requirements-scoring.lock"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)
ON_LINUX = {
    "sys_platform": "linux",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
}
PYTHON = {"python_version": "3.11", "python_full_version": "3.11.7"}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = spec_from_file_location("scoring_image", ROOT / "tools" / "scoring_image.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["scoring_image"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def locked() -> list[str]:
    """What pip would install of the lock on Linux, by the markers as the standard reads them."""
    return [
        f"{name}=={version}"
        for name, version, marker in PINNED.findall(LOCK.read_text(encoding="utf-8"))
        if not marker or Marker(marker).evaluate({**ON_LINUX, **PYTHON})
    ]


def test_both_files_name_what_the_lock_installs_and_are_as_the_tool_writes_them(
    tool: ModuleType, locked: list[str]
) -> None:
    text = LOCK.read_text(encoding="utf-8")
    environment = (ROOT / "deploy" / "scoring" / "environment.yml").read_text(encoding="utf-8")
    image = (ROOT / "deploy" / "scoring" / "Dockerfile").read_text(encoding="utf-8")
    assert (image, environment) == (tool.dockerfile(text), tool.environment(text))
    assert yaml.safe_load(environment)["dependencies"][-1]["pip"] == locked
    assert re.findall(r"^ +(\S+==[^ \"]+)", image, re.MULTILINE) == locked
    assert f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()}  {LOCK.name}" in image
    for copied in re.findall(r"^COPY (\S+)", image, re.MULTILINE):
        assert (ROOT / copied).exists()


def test_the_service_imports_nothing_that_its_lock_lacks(locked: list[str]) -> None:
    code = """
import sys
import keepwell.app.cli, keepwell.app.serve.scores_cli, keepwell.app.scoring.application, keepwell.app.scoring.connections
import keepwell.app.scoring.process, keepwell.app.scoring.supervisor, keepwell.platform.postgres.embedded, uvicorn.supervisors, uvicorn.lifespan.on, uvloop
from keepwell.churn.inference.lightgbm_library import library
from importlib.metadata import packages_distributions
assert library() is not None
found, names = packages_distributions(), {name.split(".")[0] for name in sys.modules}
print(*sorted({package.lower() for name in names for package in found.get(name, ())}))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    packages = {each.partition("==")[0] for each in locked}
    # What a development environment loads at its start, or where it is there: none of it is needed.
    beside = {"setuptools", "pip", "greenlet", "attrs", "pytest", "coverage"}
    assert {each.replace("_", "-") for each in done.stdout.split()} - packages <= beside
    assert not {"lightgbm", "scikit-learn", "scipy", "duckdb", "ibis-framework"} & set(done.stdout.split())


def test_a_marker_that_nobody_has_judged_ends_the_tool(tool: ModuleType) -> None:
    with pytest.raises(SystemExit, match="platform_machine"):
        tool.packages_of("numpy==2.4.6 ; platform_machine == 'arm64' \\\n")

"""`./keepwell` itself: what it makes anew and what it leaves alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "keepwell"
LOCKS = ["requirements.lock", "requirements-churn.lock", "requirements-dev.lock", "requirements-spark.lock"]
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    loader = SourceFileLoader("bootstrap", str(SCRIPT))
    spec = spec_from_loader("bootstrap", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def pins(lock: str) -> set[tuple[str, str, str]]:
    return {(each[0], each[1], each[2]) for each in PINNED.findall((ROOT / lock).read_text(encoding="utf-8"))}


def test_a_source_that_changes_changes_the_fingerprint(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "page.tsx").write_text("one")
    before = bootstrap.fingerprint(tmp_path)
    (tmp_path / "page.tsx").write_text("two")
    assert bootstrap.fingerprint(tmp_path) != before


def test_what_is_built_or_installed_does_not_change_the_fingerprint(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "page.tsx").write_text("one")
    before = bootstrap.fingerprint(tmp_path)
    for folder in ("node_modules", "dist"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "made.js").write_text("x")
    assert bootstrap.fingerprint(tmp_path) == before


def test_a_stamp_that_was_cut_off_counts_as_none(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "stamp.new").write_text("half")
    assert bootstrap.read_stamp(tmp_path / "stamp.json") is None


def test_each_lock_holds_all_of_the_one_before_it() -> None:
    held = [pins(lock) for lock in LOCKS]
    assert held[0]
    assert all(smaller < larger for smaller, larger in pairwise(held))


@pytest.mark.parametrize(
    ("command", "lock"),
    [
        ("up", "requirements.lock"),
        ("churn train", "requirements-churn.lock"),
        ("churn train --engine spark", "requirements-spark.lock"),
        ("churn train --engine=spark", "requirements-spark.lock"),
        ("churn train --workspace spark", "requirements-churn.lock"),
        ("test", "requirements-dev.lock"),
        ("test --spark", "requirements-spark.lock"),
    ],
)
def test_a_command_gets_the_smallest_lock_that_holds_what_it_needs(
    bootstrap: ModuleType, command: str, lock: str
) -> None:
    verb, *options = command.split()
    assert bootstrap.lock_for(verb, [verb, *options]) == lock


def test_the_tests_of_spark_say_that_they_need_java() -> None:
    command = [sys.executable, str(ROOT / "tools" / "check.py"), "--spark"]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("keepwell: the tests of Spark need Java 17 or newer.")


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-web.lock", "web/package-lock.json"])
def test_a_lock_names_no_host_to_download_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r'"resolved": "http|--index-url|@ http', text)


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-web.lock"])
def test_every_pin_of_a_lock_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert len(re.findall(r"^\S+==", text, re.MULTILINE)) == len(PINNED.findall(text))


def test_a_second_start_makes_nothing_and_says_nothing_of_its_own() -> None:
    if Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("these tests were not started by ./keepwell test")
    subprocess.run([SCRIPT, "--version"], check=True, capture_output=True)
    again = subprocess.run([SCRIPT, "--version"], check=True, capture_output=True, text=True)
    assert again.stderr == ""
    assert "0.1.0" in again.stdout


def test_a_python_without_venv_is_told_in_one_line_what_to_install(tmp_path: Path) -> None:
    # A checkout without .venv, and a Python whose ensurepip is gone as in Debian without python3-venv.
    for name in ("keepwell", *LOCKS):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "ensurepip.py").write_text("raise ImportError")
    environment = {"PATH": "/nowhere", "PYTHONPATH": str(tmp_path / "hidden"), "HOME": os.environ["HOME"]}
    told = subprocess.run(
        [sys.executable, tmp_path / "keepwell", "--help"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1] == (
        "keepwell: Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"
    )

"""The bootstrap script `./keepwell`: what it rebuilds and what it leaves alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest
from packaging.markers import Marker

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "keepwell"
LOCKS = [
    "requirements.lock",
    "requirements-churn.lock",
    "requirements-notebook.lock",
    "requirements-survival.lock",
    "requirements-scoring.lock",
    "requirements-game.lock",
    "requirements-crawl.lock",
    "requirements-dev.lock",
    "requirements-spark.lock",
]
TOOLS = ["requirements-assets.lock", "requirements-web.lock"]
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


def installed_by(lock: str) -> set[tuple[str, str]]:
    """The names and versions here: what a smaller lock needs on some systems, a larger one may need on all."""
    return {
        (name, version) for name, version, marker in pins(lock) if not marker or Marker(marker).evaluate()
    }


def test_a_changed_source_changes_the_fingerprint(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "page.tsx").write_text("one")
    before = bootstrap.fingerprint(tmp_path)
    (tmp_path / "page.tsx").write_text("two")
    assert bootstrap.fingerprint(tmp_path) != before


def test_built_or_installed_files_do_not_change_the_fingerprint(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "page.tsx").write_text("one")
    before = bootstrap.fingerprint(tmp_path)
    for folder in ("node_modules", "dist", "built", "__pycache__"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "made.js").write_text("x")
    assert bootstrap.fingerprint(tmp_path) == before


def test_an_unfinished_stamp_is_ignored(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "stamp.new").write_text("half")
    assert bootstrap.read_stamp(tmp_path / "stamp.json") is None


def test_each_lock_includes_all_pins_of_the_smaller_locks(bootstrap: ModuleType) -> None:
    assert sorted(bootstrap.INCLUDED_IN) == sorted(LOCKS)
    for smaller, larger in bootstrap.INCLUDED_IN.items():
        assert pins(smaller)
        assert all(installed_by(smaller) < installed_by(each) for each in larger)


def test_build_tools_have_the_same_version_in_every_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    tools = set(groups["assets"] + groups["web"])
    assert set(project["build-system"]["requires"]) - {"hatchling==1.33.0"} == tools
    assert tools < set(project["project"]["optional-dependencies"]["dev"])


@pytest.fixture
def environment(bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A checkout whose .venv is there; what would be installed in it, in order."""
    installs: list[str] = []
    for name in LOCKS:
        (tmp_path / name).write_text(f"what {name} names")
    for name, value in {
        "ROOT": tmp_path,
        "ENVIRONMENT": tmp_path / ".venv",
        "PYTHON": Path(sys.executable),
        "STAMP": tmp_path / "stamp.json",
        "install": installs.append,
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    return installs


def test_alternating_verbs_install_each_lock_once(bootstrap: ModuleType, environment: list[str]) -> None:
    for verb in ("up", "demo", "play", "demo", "play", "up"):
        bootstrap.prepare_environment(bootstrap.lock_for(verb, [verb]))
    assert environment == ["requirements.lock", "requirements-churn.lock", "requirements-game.lock"]


def test_a_larger_lock_satisfies_every_smaller_one(bootstrap: ModuleType, environment: list[str]) -> None:
    for verb in ("test", "play", "demo", "up"):
        bootstrap.prepare_environment(bootstrap.lock_for(verb, [verb]))
    assert environment == ["requirements-dev.lock"]


@pytest.mark.parametrize(
    ("line", "prepared"),
    [
        (("demo", "--no-browser"), ["environment", "pages", "assets"]),
        (("demo", "--help"), ["environment"]),
        (("bots", "-h"), ["environment"]),
    ],
)
def test_a_help_text_waits_for_no_build(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], prepared: list[str]
) -> None:
    done: list[str] = []
    for part in ("environment", "pages", "assets"):
        monkeypatch.setattr(bootstrap, f"prepare_{part}", lambda *_, part=part: done.append(part))
    monkeypatch.setattr(bootstrap, "hand_over", lambda _: None)
    bootstrap.main(line)
    assert done == prepared


def test_a_changed_lock_is_reinstalled_even_after_another_lock(
    bootstrap: ModuleType, environment: list[str], tmp_path: Path
) -> None:
    churn = tmp_path / "requirements-churn.lock"
    before = churn.read_text()
    bootstrap.prepare_environment(churn.name)
    churn.write_text("newer")
    bootstrap.prepare_environment("requirements-game.lock")
    # The installed packages may be newer than this lock, so its stamp must be gone.
    churn.write_text(before)
    bootstrap.prepare_environment(churn.name)
    assert environment == [churn.name, "requirements-game.lock", churn.name]


@pytest.mark.parametrize(
    ("command", "lock"),
    [
        ("up", "requirements.lock"),
        ("churn train", "requirements-churn.lock"),
        ("churn audit --by when", "requirements-churn.lock"),
        ("churn when --top 5", "requirements-survival.lock"),
        ("score serve", "requirements-scoring.lock"),
        ("churn train --engine spark", "requirements-spark.lock"),
        ("churn train --engine=spark", "requirements-spark.lock"),
        ("churn train --workspace spark", "requirements-churn.lock"),
        ("play --map ford", "requirements-game.lock"),
        ("crawl urls.txt --json", "requirements-crawl.lock"),
        ("bots --players 10", "requirements.lock"),
        ("test", "requirements-dev.lock"),
        ("test --spark", "requirements-spark.lock"),
    ],
)
def test_a_command_gets_the_smallest_sufficient_lock(bootstrap: ModuleType, command: str, lock: str) -> None:
    verb, *options = command.split()
    assert bootstrap.lock_for(verb, [verb, *options]) == lock


def test_spark_tests_without_java_say_so() -> None:
    command = [sys.executable, str(ROOT / "tools" / "check.py"), "--spark"]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("keepwell: the tests of Spark need Java 17 or newer.")


@pytest.mark.parametrize("lock", [*LOCKS, *TOOLS, "web/package-lock.json"])
def test_a_lock_names_no_download_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r'"resolved": "http|--index-url|@ http', text)


@pytest.mark.parametrize("lock", [*LOCKS, *TOOLS])
def test_every_pin_of_a_lock_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert len(re.findall(r"^\S+==", text, re.MULTILINE)) == len(PINNED.findall(text))


def test_output_of_a_step_goes_to_standard_error(
    bootstrap: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    bootstrap.run([sys.executable, "-c", "print('built')"])
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "built\n")


def test_a_second_start_builds_and_prints_nothing() -> None:
    if Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("these tests were not started by ./keepwell test")
    subprocess.run([SCRIPT, "--version"], check=True, capture_output=True)
    again = subprocess.run([SCRIPT, "--version"], check=True, capture_output=True, text=True)
    assert again.stderr == ""
    assert "0.1.0" in again.stdout


def test_a_python_without_venv_fails_with_the_package_to_install(tmp_path: Path) -> None:
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


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout that its user may only read, where every user can reach it."""
    with TemporaryDirectory(prefix="keepwell-checkout-") as folder:
        root = Path(folder)
        shutil.copy(SCRIPT, root)
        root.chmod(0o555)
        yield root
        root.chmod(0o755)


def python_for(user: str | None) -> str:
    """A Python that the user may run: this one may be in root's own folder."""
    candidates = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")
    for each in candidates:
        with suppress(PermissionError, FileNotFoundError):
            subprocess.run([each, "-c", ""], user=user, check=True)
            return each
    pytest.skip(f"{user} may run no Python")


# Root may write everywhere, so it takes another user; without root, a folder that nobody may write will do.
def test_another_user_than_the_owner_of_the_checkout_gets_a_sentence(checkout: Path) -> None:
    other = "nobody" if os.geteuid() == 0 else None
    done = subprocess.run(
        [python_for(other), str(checkout / "keepwell"), "up"],
        user=other,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"keepwell: {checkout}")
    assert len(done.stderr.splitlines()) == 1

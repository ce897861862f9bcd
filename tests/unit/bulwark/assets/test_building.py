"""`python -m bulwark.assets`: the same bytes each time, and nothing half done."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bulwark.assets.building import SOURCES, build
from bulwark.errors import AssetError
from tests.unit.bulwark.assets.conftest import BUILD

ROOT = Path(__file__).parents[4]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources, to be damaged."""
    package = tmp_path / "bulwark"
    shutil.copytree(SOURCES.parent, package, ignore=shutil.ignore_patterns("built", "__pycache__"))
    return package / "assets"


def test_two_builds_give_the_same_bytes_wherever_they_run(two_builds: tuple[Path, Path]) -> None:
    first, second = map(contents, two_builds)
    assert first == second


def test_the_manifest_has_the_digest_of_every_file(folder: Path) -> None:
    built = contents(folder)
    manifest = json.loads(built.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in built.items()}


def test_a_source_that_cannot_be_built_leaves_the_earlier_build_as_it_was(
    sources: Path, tmp_path: Path
) -> None:
    out = tmp_path / "built"
    out.mkdir()
    (out / "kept").write_text("from before")
    (sources / "maps" / "ford.tmx").write_text("<map>")
    with pytest.raises(AssetError, match=r"ford\.tmx is no Tiled map"):
        build(out, lambda _: None, sources=sources)
    assert contents(out) == {"kept": b"from before"}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["built", "bulwark"]


def test_a_folder_that_cannot_be_written_is_told_with_what_to_look_at(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AssetError, match="cannot be written") as told:
        build(tmp_path / "file" / "built", lambda _: None, sources=sources)
    assert told.value.hint


def test_help_shows_an_example_and_the_exit_codes() -> None:
    done = subprocess.run([*BUILD[:3], "--help"], check=True, capture_output=True, text=True)
    assert "python -m bulwark.assets --out" in done.stdout
    assert "exit codes:" in done.stdout


def test_a_machine_without_the_tools_is_told_how_to_get_them(tmp_path: Path) -> None:
    # Without site-packages there is nothing but the standard library, as in a bare installation.
    bare = [sys.executable, "-S", "-m", "bulwark.assets", "--out", str(tmp_path / "built")]
    done = subprocess.run(
        bare, env={"PYTHONPATH": str(ROOT / "src")}, check=False, capture_output=True, text=True
    )
    assert done.returncode == 4
    assert "is not installed.\n`./keepwell play` installs what builds the assets." in done.stderr


def test_an_option_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = subprocess.run([*BUILD, str(tmp_path), "--fast"], check=False, capture_output=True, text=True)
    assert done.returncode == 2

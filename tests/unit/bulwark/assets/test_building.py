"""`python -m bulwark.assets`: the same bytes each time, and never a partial build."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
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


@pytest.mark.thorough
@pytest.mark.timeout(600)
def test_builds_are_reproducible_in_any_environment(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "built"
    subprocess.run([*BUILD, str(again)], cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": "1"}, check=True)
    assert contents(again) == contents(folder)


def test_the_manifest_has_the_digest_of_every_file(folder: Path) -> None:
    built = {name: content for name, content in contents(folder).items() if not name.endswith(".gz")}
    manifest = json.loads(built.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in built.items()}


def test_every_table_has_a_compressed_twin_with_the_same_content(folder: Path) -> None:
    built = contents(folder)
    tables = {name for name in built if name.endswith(".json")}
    assert {name for name in built if name.endswith(".gz")} == {f"{name}.gz" for name in tables}
    assert all(gzip.decompress(built[f"{name}.gz"]) == built[name] for name in tables)


def test_a_failed_build_leaves_the_previous_build_unchanged(sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "built"
    out.mkdir()
    (out / "kept").write_text("from before")
    (sources / "maps" / "ford.tmx").write_text("<map>")
    with pytest.raises(AssetError, match=r"ford\.tmx is not a Tiled map"):
        build(out, lambda _: None, sources=sources)
    assert contents(out) == {"kept": b"from before"}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["built", "bulwark"]


def test_one_part_can_be_built_and_the_others_are_kept(sources: Path, folder: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(folder, tmp_path / "built"))
    (out / "core.zip").write_bytes(b"old")
    (out / "maps" / "gone.json").write_bytes(b"old")
    build(out, lambda _: None, sources=sources, parts=["core", "maps"])
    assert contents(out) == contents(folder)


def test_a_part_cannot_be_added_to_a_build_that_is_not_there(sources: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="has no build to add to"):
        build(tmp_path / "built", lambda _: None, sources=sources, parts=["core"])


def test_an_unknown_part_is_a_usage_error(tmp_path: Path) -> None:
    command = [*BUILD, str(tmp_path), "--only", "atlass"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Parts are core, maps, sounds, atlas, grounds." in done.stderr


def test_an_unwritable_folder_is_reported_with_a_hint(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AssetError, match="cannot be written") as raised:
        build(tmp_path / "file" / "built", lambda _: None, sources=sources)
    assert raised.value.hint


def test_help_shows_an_example_and_the_exit_codes() -> None:
    done = subprocess.run([*BUILD[:3], "--help"], check=True, capture_output=True, text=True)
    assert "python -m bulwark.assets --out" in done.stdout
    assert "exit codes:" in done.stdout


def test_missing_build_tools_are_reported_with_a_hint(tmp_path: Path) -> None:
    # Without site-packages there is nothing but the standard library, as in a bare installation.
    bare = [sys.executable, "-S", "-m", "bulwark.assets", "--out", str(tmp_path / "built")]
    done = subprocess.run(
        bare, env={"PYTHONPATH": str(ROOT / "src")}, check=False, capture_output=True, text=True
    )
    assert done.returncode == 4
    assert "is not installed.\n`./keepwell play` installs the build tools." in done.stderr


def test_an_unknown_option_is_a_usage_error(tmp_path: Path) -> None:
    done = subprocess.run([*BUILD, str(tmp_path), "--fast"], check=False, capture_output=True, text=True)
    assert done.returncode == 2

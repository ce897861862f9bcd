"""Access to built assets: missing or damaged files are reported with how to build them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bulwark.assets import built
from bulwark.errors import AssetError


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """Built assets to be damaged."""
    return Path(shutil.copytree(folder, tmp_path / "built"))


def test_maps_are_in_playing_order(folder: Path) -> None:
    assert [each.id for each in built.maps(folder=folder)] == [
        "meadow", "ford", "quarry", "canyon", "marsh", "citadel",
    ]  # fmt: skip


def test_the_atlas_lists_frames_and_cell_size(folder: Path) -> None:
    atlas = built.atlas(folder=folder)
    assert atlas.image == folder / "atlas.png"
    assert (atlas.cell, atlas.frames["creep/boss/walk-0"].width) == (96, 160)


def test_every_built_file_is_found_by_name(folder: Path) -> None:
    assert all(built.path(name, folder=folder).exists() for name in built.names(folder=folder))


def test_a_flipped_bit_is_reported_as_damage(copy: Path) -> None:
    sound = copy / "sounds" / "build.wav"
    content = bytearray(sound.read_bytes())
    content[1000] ^= 1
    sound.write_bytes(content)
    with pytest.raises(AssetError, match=r"`sounds/build\.wav` is damaged") as raised:
        built.path("sounds/build.wav", folder=copy)
    assert "./keepwell play" in raised.value.hint


def test_a_missing_file_is_reported_with_how_to_build_it(copy: Path) -> None:
    (copy / "atlas.png").unlink()
    with pytest.raises(AssetError, match=r"atlas\.png cannot be read: No such file") as raised:
        built.atlas(folder=copy)
    assert "python -m bulwark.assets" in raised.value.hint


def test_missing_assets_are_reported_with_how_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"manifest\.json cannot be read") as raised:
        built.maps(folder=tmp_path)
    assert "./keepwell play" in raised.value.hint


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99, "files": {}}'])
def test_a_damaged_or_unsupported_manifest_is_rejected(copy: Path, text: str) -> None:
    (copy / "manifest.json").write_text(text)
    with pytest.raises(AssetError, match=r"manifest\.json (is damaged|has an unsupported version)"):
        built.names(folder=copy)


def test_an_unknown_name_is_rejected(folder: Path) -> None:
    with pytest.raises(AssetError, match=r"no built asset `sounds/oops\.wav`"):
        built.path("sounds/oops.wav", folder=folder)

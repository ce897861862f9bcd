"""Finding the built assets: what is missing or damaged is told with how to build it."""

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


def test_the_maps_come_in_the_order_in_which_they_are_played(folder: Path) -> None:
    assert [each.id for each in built.maps(folder=folder)] == [
        "meadow", "ford", "quarry", "canyon", "marsh", "citadel",
    ]  # fmt: skip


def test_the_atlas_says_where_each_picture_is(folder: Path) -> None:
    atlas = built.atlas(folder=folder)
    assert atlas.image == folder / "atlas.png"
    assert (atlas.cell, atlas.frames["creep/boss/walk-0"].width) == (96, 160)


def test_every_built_file_can_be_asked_for_by_its_name(folder: Path) -> None:
    assert all(built.path(name, folder=folder).exists() for name in built.names(folder=folder))


def test_a_file_with_one_bit_flipped_is_refused_as_damaged(copy: Path) -> None:
    sound = copy / "sounds" / "build.wav"
    content = bytearray(sound.read_bytes())
    content[1000] ^= 1
    sound.write_bytes(content)
    with pytest.raises(AssetError, match=r"`sounds/build\.wav` is damaged") as told:
        built.path("sounds/build.wav", folder=copy)
    assert "./keepwell play" in told.value.hint


def test_a_file_that_was_removed_is_told_with_how_to_build_it(copy: Path) -> None:
    (copy / "atlas.png").unlink()
    with pytest.raises(AssetError, match=r"atlas\.png cannot be read: No such file") as told:
        built.atlas(folder=copy)
    assert "python -m bulwark.assets" in told.value.hint


def test_assets_that_were_never_built_are_told_with_how_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"manifest\.json cannot be read") as told:
        built.maps(folder=tmp_path)
    assert "./keepwell play" in told.value.hint


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99, "files": {}}'])
def test_a_manifest_that_was_cut_off_or_is_of_another_version_is_refused(copy: Path, text: str) -> None:
    (copy / "manifest.json").write_text(text)
    with pytest.raises(AssetError, match=r"manifest\.json is"):
        built.names(folder=copy)


def test_a_name_that_nobody_built_is_refused(folder: Path) -> None:
    with pytest.raises(AssetError, match=r"no built asset `sounds/oops\.wav`"):
        built.path("sounds/oops.wav", folder=folder)

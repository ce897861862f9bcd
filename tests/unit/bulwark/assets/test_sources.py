"""Stray files: what the build would ignore is reported by name, with what to do instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulwark.assets.building import check
from bulwark.assets.sources import refuse_stray_files
from bulwark.errors import AssetError


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "sprites/tower/bolt.png",
            "sprites/tower/bolt.png is not used by the build. Pictures are drawn as SVG",
        ),
        (
            "sprites/tower/bolt.SVG",
            "sprites/tower/bolt.SVG is not used by the build. Write its ending in lower",
        ),
        ("sprites/bolt.gif", "sprites/bolt.gif is not used by the build. Pictures are drawn as SVG"),
        ("maps/terrain.png", "maps/terrain.png is not used by the build. Pictures are drawn as SVG"),
        ("maps/lake.tmj", "maps/lake.tmj is not used by the build. In Tiled, save the map as `.tmx`"),
        (
            "sounds/thorn.wav",
            "sounds/thorn.wav is not used by the build: there is no folder `sounds`. Recordings",
        ),
        ("thorn.mp3", "thorn.mp3 does not belong here. Recordings are not read"),
        ("sprite/tower/thorn.svg", "there is no folder `sprite`. Did you mean `sprites`?"),
    ],
)
def test_a_stray_file_is_reported(drawn: Path, name: str, message: str) -> None:
    (drawn / name).parent.mkdir(parents=True, exist_ok=True)
    (drawn / name).write_bytes(b"?")
    with pytest.raises(AssetError) as raised:
        refuse_stray_files(drawn)
    assert message in str(raised.value)


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "bolt.svg~"])
def test_what_systems_and_editors_leave_behind_is_ignored(drawn: Path, name: str) -> None:
    (drawn / "sprites" / name).write_bytes(b"?")
    refuse_stray_files(drawn)


def test_an_unreadable_source_is_reported_by_its_own_name(drawn: Path) -> None:
    (drawn / "sprites" / "tower" / "thorn.svg").symlink_to("nowhere")
    with pytest.raises(AssetError, match=r"^sprites/tower/thorn\.svg cannot be read"):
        check(drawn)

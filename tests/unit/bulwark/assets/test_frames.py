"""The frames the game draws: one that is missing, misspelt, surplus or of another size ends the build by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bulwark.assets.building import check
from bulwark.assets.frames import check_frames, required
from bulwark.assets.sheets import read_sheets
from bulwark.errors import AssetError
from bulwark.sim import rules


def refused(drawn: Path) -> str:
    with pytest.raises(AssetError) as raised:
        check_frames(read_sheets(drawn / "sprites"))
    return str(raised.value)


def change(drawn: Path, sheet: str, pattern: str, replacement: str) -> None:
    file = drawn / "sprites" / f"{sheet}.svg"
    text, count = re.subn(pattern, replacement, file.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
    assert count == 1
    file.write_text(text, encoding="utf-8")


def test_the_atlas_has_exactly_the_required_frames(drawn: Path) -> None:
    frames = [frame.name for sheet in read_sheets(drawn / "sprites") for frame in sheet.frames]
    assert sorted(frames) == sorted(required())


def test_a_missing_frame_is_reported_with_its_tower_and_file(drawn: Path) -> None:
    change(drawn, "tower/bolt", '<svg id="base-3".*?</svg>', "")
    assert "The tower bolt has no frame `base-3` in sprites/tower/bolt.svg." in refused(drawn)


def test_a_misspelt_frame_is_reported_with_what_it_was_called(drawn: Path) -> None:
    change(drawn, "tower/bolt", 'id="turret-2"', 'id="turet-2"')
    assert "has no frame `turret-2` in sprites/tower/bolt.svg. Did you mean `turet-2`?" in refused(drawn)


def test_all_missing_frames_of_a_sheet_are_named(drawn: Path) -> None:
    change(drawn, "creep/swarm", '<svg id="walk-0".*?</svg>', "")
    change(drawn, "creep/swarm", 'id="walk-1"', 'id="other"')
    assert "The creep swarm has no frame `walk-0`" in (said := refused(drawn))
    assert "Also missing: walk-1" in said


def test_a_misspelt_sheet_is_reported_with_what_it_was_called(drawn: Path) -> None:
    (drawn / "sprites" / "tower" / "bolt.svg").rename(drawn / "sprites" / "tower" / "blot.svg")
    assert "The tower bolt has no sheet sprites/tower/bolt.svg. Did you mean `tower/blot`?" in refused(drawn)


def test_a_tower_of_the_rules_without_a_sprite_is_reported_by_name(
    drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TOWERS", (*rules.TOWERS, "thorn"))
    monkeypatch.setattr(rules, "TOWER_RULES", (*rules.TOWER_RULES, *rules.TOWER_RULES[:5]))
    said = refused(drawn)
    assert "The tower thorn has no sheet sprites/tower/thorn.svg." in said
    assert "base-4, turret-0" in said
    assert "shell" in said


def test_a_sheet_that_belongs_to_nothing_is_reported(drawn: Path) -> None:
    sheet = (drawn / "sprites" / "tower" / "bolt.svg").read_text(encoding="utf-8")
    (drawn / "sprites" / "tower" / "thorn.svg").write_text(sheet, encoding="utf-8")
    assert "sprites/tower/thorn.svg belongs to nothing in the game. A tower or creep" in refused(drawn)


def test_a_surplus_frame_is_reported(drawn: Path) -> None:
    change(drawn, "mark", "</svg>\\s*$", '<svg id="gaol" width="96" height="96" viewBox="0 0 96 96"/></svg>')
    assert "sprites/mark.svg: nothing draws the frame `gaol`. Did you mean `goal`?" in refused(drawn)


def test_a_frame_of_another_size_is_reported(drawn: Path) -> None:
    change(drawn, "tower/bolt", 'width="128" height="128" viewBox', 'width="64" height="64" viewBox')
    assert "the frame `base-0` is 64 x 64 pixels, not 128 x 128" in refused(drawn)


def test_maps_with_the_same_order_are_reported(drawn: Path) -> None:
    file = drawn / "maps" / "meadow.tmx"
    (drawn / "maps" / "copy.tmx").write_bytes(file.read_bytes())
    with pytest.raises(AssetError, match=r"^copy\.tmx and meadow\.tmx have the same `order` 1"):
        check(drawn)

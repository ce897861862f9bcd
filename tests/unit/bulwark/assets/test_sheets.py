"""Sprite sheets: an invalid sheet is reported by file, frame and id."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulwark.assets.atlas import MAX_HEIGHT, WIDTH, build_atlas
from bulwark.assets.rendering import render_png
from bulwark.assets.sheets import read_sheets
from bulwark.errors import AssetError

FRAME = '<svg id="ring" width="8" height="8" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3" fill="url(#red)"/></svg>'
RED = '<defs><linearGradient id="red"><stop stop-color="#d55e00"/></linearGradient></defs>'


def write(folder: Path, name: str, content: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">{content}</svg>')


def test_a_frame_is_named_by_sheet_path_and_id(tmp_path: Path) -> None:
    write(tmp_path, "mark/round.svg", RED + FRAME)
    assert [frame.name for sheet in read_sheets(tmp_path) for frame in sheet.frames] == ["mark/round/ring"]


def test_sheets_may_use_the_same_id_for_different_paints(tmp_path: Path) -> None:
    write(tmp_path, "one.svg", RED + FRAME)
    write(tmp_path, "two.svg", RED.replace("#d55e00", "#0072b2") + FRAME)
    both = build_atlas(read_sheets(tmp_path)).png
    write(tmp_path, "two.svg", RED + FRAME)
    assert both != build_atlas(read_sheets(tmp_path)).png


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (RED + FRAME + FRAME, r"round\.svg: the id 'ring' appears twice"),
        (RED + FRAME.replace("ring", "red"), r"round\.svg: the id 'red' appears twice"),
        (RED + FRAME.replace(' viewBox="0 0 8 8"', ""), r"sprites/round\.svg, frame ring: a frame without"),
        (RED + FRAME.replace('width="8"', 'width="8.5"'), r"round\.svg, frame ring: a frame without"),
        (RED + FRAME.replace(' id="ring"', ""), r"round\.svg, frame None: a frame without"),
        ("<g>", r"round\.svg is not well-formed XML: mismatched tag"),
    ],
)
def test_an_invalid_sheet_is_reported_by_file_and_id(tmp_path: Path, content: str, message: str) -> None:
    write(tmp_path, "round.svg", content)
    with pytest.raises(AssetError, match=message):
        read_sheets(tmp_path)


def test_too_many_frames_are_rejected(tmp_path: Path) -> None:
    size = f'width="{WIDTH - 10}" height="{MAX_HEIGHT}" viewBox="0 0 {WIDTH - 10} {MAX_HEIGHT}"'
    large = FRAME.replace('width="8" height="8" viewBox="0 0 8 8"', size)
    write(tmp_path, "large.svg", RED + large)
    with pytest.raises(AssetError, match="do not fit"):
        build_atlas(read_sheets(tmp_path))


def test_invalid_svg_is_rejected() -> None:
    with pytest.raises(AssetError, match="cannot be rendered"):
        render_png("no drawing")

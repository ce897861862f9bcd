"""Sheets of sprites: a sheet that cannot be read is told by file, frame and id."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulwark.assets.atlas import HIGHEST, WIDTH, make_atlas
from bulwark.assets.painting import paint
from bulwark.assets.sheets import read_sheets
from bulwark.errors import AssetError

FRAME = '<svg id="ring" width="8" height="8" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3" fill="url(#red)"/></svg>'
RED = '<defs><linearGradient id="red"><stop stop-color="#d55e00"/></linearGradient></defs>'


def write(folder: Path, name: str, content: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">{content}</svg>')


def test_a_frame_is_called_by_its_sheets_path_and_its_id(tmp_path: Path) -> None:
    write(tmp_path, "mark/round.svg", RED + FRAME)
    assert [frame.name for sheet in read_sheets(tmp_path) for frame in sheet.frames] == ["mark/round/ring"]


def test_two_sheets_may_use_one_id_for_different_paints(tmp_path: Path) -> None:
    write(tmp_path, "one.svg", RED + FRAME)
    write(tmp_path, "two.svg", RED.replace("#d55e00", "#0072b2") + FRAME)
    both = make_atlas(read_sheets(tmp_path)).png
    write(tmp_path, "two.svg", RED + FRAME)
    assert both != make_atlas(read_sheets(tmp_path)).png


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (RED + FRAME + FRAME, r"round\.svg: the id 'ring' stands there twice"),
        (RED + FRAME.replace("ring", "red"), r"round\.svg: the id 'red' stands there twice"),
        (FRAME.replace(' viewBox="0 0 8 8"', ""), "round/ring: a frame without"),
        (FRAME.replace('width="8"', 'width="8.5"'), "round/ring: a frame without"),
        (FRAME.replace(' id="ring"', ""), "round/None: a frame without"),
        ("<g>", r"round\.svg: mismatched tag"),
    ],
)
def test_a_sheet_that_is_wrong_is_told_by_file_and_id(tmp_path: Path, content: str, told: str) -> None:
    write(tmp_path, "round.svg", content)
    with pytest.raises(AssetError, match=told):
        read_sheets(tmp_path)


def test_more_frames_than_fit_are_refused(tmp_path: Path) -> None:
    large = FRAME.replace('width="8"', f'width="{WIDTH - 10}"').replace('height="8"', f'height="{HIGHEST}"')
    write(tmp_path, "large.svg", RED + large)
    with pytest.raises(AssetError, match="do not fit"):
        make_atlas(read_sheets(tmp_path))


def test_a_drawing_that_is_none_is_refused() -> None:
    with pytest.raises(AssetError, match="cannot be painted"):
        paint("no drawing")

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark.desktop.scene.camera import Area, Camera
from bulwark.sim.rules import CELL
from tests.unit.bulwark.desktop.maps import HEIGHT, WIDTH, small_map

AREA = Area(10, 50, 900, 500)


def test_the_whole_map_is_visible_at_first() -> None:
    camera = Camera(small_map(), AREA)

    for column, row in ((0, 0), (WIDTH - 1, HEIGHT - 1)):
        x, y = camera.screen((column + 1.5) * CELL, (row + 1.5) * CELL)
        assert AREA.contains(x, y)


@given(column=st.integers(0, WIDTH - 1), row=st.integers(0, HEIGHT - 1), zoom=st.floats(1.0, 3.0))
def test_the_cell_under_a_screen_position_is_the_one_drawn_there(column: int, row: int, zoom: float) -> None:
    camera = Camera(small_map(), AREA)
    camera.zoom_at(300, 200, factor=zoom)

    assert camera.cell(*camera.screen((column + 1.5) * CELL, (row + 1.5) * CELL)) == (column, row)


def test_zooming_keeps_the_point_under_the_pointer() -> None:
    camera = Camera(small_map(), AREA)
    middle = (AREA.x + AREA.width / 2 + 30, AREA.y + AREA.height / 2 - 20)
    before = camera.units(*middle)

    camera.zoom_at(*middle, factor=2.5)

    assert camera.units(*middle) == pytest.approx(before)


def test_a_zoomed_map_cannot_be_dragged_out_of_its_area() -> None:
    camera = Camera(small_map(), AREA)
    camera.zoom_at(400, 300, factor=3.0)

    camera.pan(10_000, -10_000)

    left, _ = camera.units(AREA.x, AREA.y)
    _, bottom = camera.units(AREA.x, AREA.y + AREA.height)
    assert left >= 0
    assert bottom <= (HEIGHT + 2) * CELL


def test_show_brings_a_cell_into_view() -> None:
    camera = Camera(small_map(), AREA)
    camera.zoom_at(AREA.x, AREA.y, factor=3.0)
    far = ((WIDTH - 0.5) * CELL, (HEIGHT - 0.5) * CELL)
    assert not AREA.contains(*camera.screen(*far))

    camera.show(WIDTH - 1, HEIGHT - 1)

    assert AREA.contains(*camera.screen(*far))

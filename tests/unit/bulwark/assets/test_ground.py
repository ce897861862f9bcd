"""Grounds: as large as the padded map, with distinct colours per terrain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pygame
import pytest

from bulwark.assets import built
from bulwark.assets.building import SOURCES
from bulwark.assets.ground import CELL, render_ground
from bulwark.assets.tiled import read_tiled_map
from bulwark.errors import AssetError
from bulwark.sim.maps import OPEN, PAVED, ROCK, WATER, Map

Colour = Sequence[float]
MIN_DIFFERENCE = 12  # of 255, in the channel that differs most


def test_a_ground_has_the_size_of_the_padded_map(folder: Path) -> None:
    for each in built.maps(folder=folder):
        image = pygame.image.load(built.path(f"grounds/{each.id}.png", folder=folder))
        assert image.get_size() == ((each.width + 2) * CELL, (each.height + 2) * CELL)


def test_a_ground_is_fully_opaque(folder: Path) -> None:
    for each in built.maps(folder=folder):
        image = pygame.image.load(built.path(f"grounds/{each.id}.png", folder=folder))
        mask = pygame.mask.from_surface(image, 254)
        assert mask.count() == image.get_width() * image.get_height()


def test_terrains_differ_in_colour(folder: Path) -> None:
    for each in built.maps(folder=folder):
        image = pygame.image.load(built.path(f"grounds/{each.id}.png", folder=folder))
        means = [
            mean_colour(image, each, kind)
            for kind in OPEN + PAVED + ROCK + WATER
            if kind in "".join(each.terrain)
        ]
        assert all(distance(one, other) > MIN_DIFFERENCE for one, other in combinations(means, 2)), each.id


def mean_colour(image: pygame.Surface, map_: Map, kind: str) -> Colour:
    """The mean red, green and blue of all cells of a kind."""
    corners = [
        (column * CELL, row * CELL)
        for row, line in enumerate(map_.terrain, start=1)
        for column, cell_kind in enumerate(line, start=1)
        if cell_kind == kind
    ]
    colours = [pygame.transform.average_color(image, (*corner, CELL, CELL)) for corner in corners]
    return [sum(colour[channel] for colour in colours) / len(colours) for channel in range(3)]


def distance(one: Colour, other: Colour) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_an_unknown_theme_is_reported_with_the_known_ones() -> None:
    tiled = read_tiled_map(SOURCES / "maps" / "meadow.tmx")._replace(theme="lava")
    with pytest.raises(AssetError, match=r"meadow\.tmx: there is no theme `lava`") as raised:
        render_ground(tiled, SOURCES / "grounds")
    assert raised.value.hint == "Available themes: dust, grass, marsh, sand, stone."

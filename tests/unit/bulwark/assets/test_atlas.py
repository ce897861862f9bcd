"""The pictures: complete, not empty or clipped, and distinguishable by shape alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pygame
import pytest

from bulwark.assets import built
from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import VARIANTS

VISIBLE = 60  # alpha of 255: below that it is a shadow or a glow
MIN_DIFFERENCE = 0.06  # of the pixels that either of two shapes has


class Pictures:
    """The atlas's frames as masks of their visible pixels."""

    def __init__(self, atlas: built.Atlas) -> None:
        self.atlas = atlas
        self.image = pygame.image.load(atlas.image)

    def surface(self, name: str) -> pygame.Surface:
        frame = self.atlas.frames[name]
        return self.image.subsurface((frame.x, frame.y, frame.width, frame.height))

    def mask(self, *names: str) -> pygame.Mask:
        masks = [pygame.mask.from_surface(self.surface(name), VISIBLE) for name in names]
        for other in masks[1:]:
            masks[0].draw(other, (0, 0))
        return masks[0]


@pytest.fixture(scope="module")
def pictures(folder: Path) -> Pictures:
    return Pictures(built.atlas(folder=folder))


def difference(one: pygame.Mask, other: pygame.Mask) -> float:
    """The share of the pixels of both shapes that only one of them has."""
    shared = one.overlap_area(other, (0, 0))
    return 1 - shared / (one.count() + other.count() - shared)


def alike(shapes: dict[str, pygame.Mask]) -> Sequence[tuple[str, str]]:
    return [
        pair
        for pair in combinations(shapes, 2)
        if difference(*(shapes[name] for name in pair)) < MIN_DIFFERENCE
    ]


def test_every_tower_has_a_base_and_a_turret_for_each_of_its_variants(pictures: Pictures) -> None:
    expected = {
        f"tower/{kind}/{part}-{variant}"
        for kind in rules.TOWERS
        for part in ("base", "turret")
        for variant in range(VARIANTS)
    }
    assert expected <= set(pictures.atlas.frames)


def test_every_creep_has_two_steps_that_differ(pictures: Pictures) -> None:
    for kind in rules.CREEPS:
        steps = [pictures.mask(f"creep/{kind}/walk-{step}") for step in (0, 1)]
        assert difference(*steps) > 0


def test_the_readme_lists_exactly_the_icons(pictures: Pictures) -> None:
    readme = Path(built.__file__).with_name("README.md").read_text(encoding="utf-8")
    named = (
        next(line for line in readme.splitlines() if "icon/<name>" in line).split("|")[3].strip(" `").split()
    )
    found = [name.removeprefix("icon/") for name in pictures.atlas.frames if name.startswith("icon/")]
    assert sorted(named) == sorted(found)


def test_no_picture_is_empty(pictures: Pictures) -> None:
    empty = [name for name in pictures.atlas.frames if not pictures.surface(name).get_bounding_rect().width]
    assert not empty


def test_the_atlas_is_transparent_between_pictures(pictures: Pictures) -> None:
    rest = pictures.image.copy()
    for name in pictures.atlas.frames:
        rest.fill((0, 0, 0, 0), pictures.surface(name).get_offset() + pictures.surface(name).get_size())
    assert rest.get_bounding_rect().width == 0


def test_no_two_pictures_share_a_pixel(pictures: Pictures) -> None:
    frames = [pygame.Rect(frame) for frame in pictures.atlas.frames.values()]
    assert not any(one.colliderect(other) for one, other in combinations(frames, 2))


def test_towers_differ_in_shape(pictures: Pictures) -> None:
    bases = {kind: pictures.mask(f"tower/{kind}/base-0") for kind in rules.TOWERS}
    assert not alike(bases)


def test_tower_variants_differ_in_turret_shape(pictures: Pictures) -> None:
    for kind in rules.TOWERS:
        assert not alike(
            {str(variant): pictures.mask(f"tower/{kind}/turret-{variant}") for variant in range(VARIANTS)}
        )


def test_creeps_differ_in_shape(pictures: Pictures) -> None:
    assert not alike({kind: pictures.mask(f"creep/{kind}/walk-0") for kind in rules.CREEPS if kind != "boss"})


def test_the_boss_is_larger_than_any_other_creep(pictures: Pictures) -> None:
    sizes = {kind: pictures.mask(f"creep/{kind}/walk-0").count() for kind in rules.CREEPS}
    assert max(sizes, key=sizes.__getitem__) == "boss"


def test_every_targeting_mode_has_an_icon(pictures: Pictures) -> None:
    assert {f"icon/target-{mode}" for mode in rules.TARGETINGS} <= set(pictures.atlas.frames)


def test_the_description_follows_the_texturepacker_format(folder: Path) -> None:
    description = json.loads((folder / "atlas.json").read_text(encoding="utf-8"))
    entry = description["frames"]["tower/bolt/shell"]
    assert sorted(entry) == ["frame", "pivot", "rotated", "sourceSize", "spriteSourceSize", "trimmed"]
    assert {"app", "format", "image", "scale", "size", "version"} <= set(description["meta"])


def test_images_contain_no_timestamps_or_text_chunks(folder: Path) -> None:
    for file in (folder / "atlas.png", *(folder / "grounds").iterdir()):
        content, position, names = file.read_bytes(), 8, set()
        while position < len(content):
            names.add(content[position + 4 : position + 8])
            position += 12 + int.from_bytes(content[position : position + 4])
        assert names == {b"IHDR", b"IDAT", b"IEND"}

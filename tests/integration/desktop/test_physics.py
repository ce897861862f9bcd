"""The physical constants in the desktop's debug overlay: sliders, profiles, and what a changed match counts for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from bulwark.desktop.profile.documents import load_document
from bulwark.desktop.profile.settings import Settings
from bulwark.sim import rules
from bulwark.sim.commands import SetConstant, StartWave
from bulwark.sim.layout import physics
from tests.integration.desktop.conftest import ON_MEADOW
from tests.unit.bulwark.desktop.player import Player, playing, win

DEFAULTS = [constant.default for constant in rules.PHYSICS]


@pytest.fixture
def player(tmp_path: Path, dummy_driver: None) -> Iterator[Player]:
    with playing(tmp_path, ON_MEADOW) as one:
        one.frames(3)
        one.key(pygame.K_F3)
        one.frames()
        yield one


def constants(player: Player) -> list[int]:
    player.frames(4)
    return list(player.match.world.physics)


def corner(player: Player) -> bytes:
    """The pixels of the board's lower right corner, where the mark is drawn."""
    field, painter = player.play.board.layout.field, player.app.painter
    box = painter.pixels((field.x + field.width - 150, field.y + field.height - 40, 150, 40))
    return pygame.image.tobytes(painter.surface.subsurface(box), "RGB")


def slide_to_the_end(player: Player, name: str) -> None:
    x, y, width, height = player.widget(f"physics-{name}")
    player.click((x + width - 20, y + height / 2))


def test_a_slider_changes_its_constant_at_once_and_defaults_take_it_back(player: Player) -> None:
    slide_to_the_end(player, "drag")
    most = rules.PHYSICS[physics.DRAG].most
    assert constants(player) == [most if at == physics.DRAG else value for at, value in enumerate(DEFAULTS)]

    player.press("physics-defaults")
    assert constants(player) == DEFAULTS
    assert player.match.tweaked


def test_a_profile_is_kept_in_the_settings_chosen_and_deleted(player: Player) -> None:
    slide_to_the_end(player, "gravity")
    changed = constants(player)
    player.press("physics-save")
    # M would mute everywhere else.
    player.key(
        pygame.K_m, pygame.K_o, pygame.K_x, pygame.K_BACKSPACE, pygame.K_o, pygame.K_n, pygame.K_RETURN
    )
    kept, _ = load_document(player.app.home.settings, Settings())
    assert kept.physics == {"Moon": {"gravity": rules.PHYSICS[physics.GRAVITY].most}}
    assert not kept.muted

    player.press("physics-defaults")
    player.frames(4)
    player.press("physics-choose-Moon")
    assert constants(player) == changed

    player.press("physics-delete-Moon")
    assert load_document(player.app.home.settings, Settings())[0].physics == {}


def test_a_gamepad_takes_the_suggested_name_and_a_fifth_profile_replaces_none(player: Player) -> None:
    slide_to_the_end(player, "gravity")
    player.frames(4)
    for _ in range(5):
        player.press("physics-save")
        player.pad(pygame.CONTROLLER_BUTTON_DPAD_DOWN, pygame.CONTROLLER_BUTTON_A)
        player.frames(2)
    assert sorted(player.app.settings.physics) == [f"Profile {n}" for n in range(1, 5)]
    assert "delete one" in player.app.notice


def test_the_sliders_and_their_profiles_leave_the_board_in_sight(player: Player) -> None:
    player.app.change_settings(physics={f"Profile {n}": {"drag": 3} for n in range(1, 5)})
    field, beside = player.play.board.layout.field, player.play.board.layout.tower
    ours = [widget.area for widget in player.play._widgets() if widget.key.startswith("physics-")]
    assert len(ours) == physics.WIDTH + 2 + 8
    assert all(area.x >= field.x + field.width for area in ours)
    assert all(area.y + area.height <= beside.y + beside.height for area in ours)


def test_a_match_with_other_constants_is_marked_and_wins_no_stars(player: Player) -> None:
    before = corner(player)
    player.play.board.session.order(SetConstant(physics.DRAG, rules.PHYSICS[physics.DRAG].most))
    player.frames(4)
    assert corner(player) != before

    win(player)
    assert (player.app.progress.total, player.app.wins) == (0, 0)


def test_drawing_pushes_leaves_the_match_as_it_is(player: Player) -> None:
    player.play.board.session.order(StartWave())
    player.until(lambda: player.match.creep_count > 2)
    there = player.match.creeps
    for column in there[2:4]:
        column[1] = column[0]
    before = player.match.column_hashes()

    assert any(any(push) for push in player.match.pushes())
    player.frames(1, elapsed=0)
    assert player.match.column_hashes() == before

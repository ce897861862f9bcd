"""No text on a screen of the desktop player covers another, whatever the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pygame
import pytest

from bulwark.desktop.drawing.painter import Painter, Point
from bulwark.desktop.screens.ending import EndingActions, EndingScreen
from bulwark.desktop.startup import Options
from bulwark.sim import rules
from bulwark.sim.commands import Build, SetConstant, StartWave
from bulwark.sim.layout import physics, score, tower
from bulwark.sim.layout.tower_rule import VARIANTS
from tests.integration.desktop.conftest import ON_MEADOW
from tests.unit.bulwark.desktop.player import Player, playing

TOWER = (9, 4)
NO_ACTIONS = EndingActions(again=lambda: None, following=None, resume=None, replay=None)
# The box of a text is taller than its letters, by this many pixels.
AROUND_LETTERS = 4


@pytest.fixture(params=[False, True], ids=["usual", "larger"])
def player(request: pytest.FixtureRequest, tmp_path: Path, dummy_driver: None) -> Iterator[Player]:
    with playing(tmp_path, ON_MEADOW) as one:
        one.app.change_settings(larger_text=request.param)
        yield one


class Page:
    """Takes the place of the surface while text is drawn: notes which text goes where."""

    def __init__(self) -> None:
        self.words = ""
        self.drawn: list[tuple[str, pygame.Rect]] = []

    def blit(self, _: pygame.Surface, box: pygame.Rect) -> None:
        """Note the text's place; an empty text has none."""
        if self.words:
            self.drawn.append((self.words, box.inflate(0, -AROUND_LETTERS)))


def overlapping(player: Player) -> Sequence[tuple[str, str]]:
    """The texts of the topmost screen that cover one another, or leave the screen."""
    player.frames()
    page, painter, text = Page(), player.app.painter, Painter.text
    screen = painter.surface.get_rect()

    def note(self: Painter, words: str, at: Point, **options: Any) -> float:
        surface, page.words = self.surface, words
        self.surface = cast("pygame.Surface", page)
        try:
            return text(self, words, at, **options)
        finally:
            self.surface = surface

    with patch.object(Painter, "text", note):
        player.app.screen.draw(painter)
    outside = [(words, "the edge") for words, box in page.drawn if not screen.contains(box)]
    pairs = combinations(page.drawn, 2)
    return [*outside, *((one, other) for (one, here), (other, there) in pairs if here.colliderect(there))]


def test_a_notice_covers_nothing_of_a_panel(player: Player) -> None:
    player.app.push(EndingScreen(player.app, player.match, stars=3, actions=NO_ACTIONS))
    for notice in ("Saved.", "This file cannot be read: it is no save of Bulwark. " * 3):
        player.app.notify(notice)
        with patch.object(Painter, "panel", autospec=True) as drawn:
            player.frames()
        form, box = (call.args[1] for call in drawn.call_args_list[-2:])
        assert pygame.Rect(box).bottom <= player.app.painter.height
        assert not pygame.Rect(form).colliderect(pygame.Rect(box))


def test_the_first_minute_with_each_tip_of_the_build_bar(player: Player) -> None:
    assert overlapping(player) == []
    player.key(pygame.K_SPACE)
    for kind in range(len(rules.TOWERS)):
        x, y, _, _ = player.widget(f"tower-{kind}")
        player.move((x + 5, y + 5))
        assert overlapping(player) == []


def test_the_panel_of_every_tower_and_upgrade(player: Player) -> None:
    player.match.world.score[score.GOLD] = 5_000
    player.play.board.session.order(Build(0, *TOWER))
    player.frames(4)
    player.click(player.place(*TOWER))
    for kind in range(len(rules.TOWERS)):
        for variant in range(VARIANTS):
            player.match.towers[tower.KIND][0] = kind
            player.match.towers[tower.VARIANT][0] = variant
            assert overlapping(player) == [], (kind, variant)


def test_every_next_wave_of_the_last_map(tmp_path: Path) -> None:
    for larger in (False, True):
        with playing(tmp_path / f"{larger}", Options(map_id="citadel", seed=7)) as player:
            player.app.change_settings(larger_text=larger)
            player.move((5, 5))
            for wave in range(player.match.wave_count):
                player.match.world.score[score.WAVE] = wave
                assert overlapping(player) == [], wave


def test_the_physics_beside_the_board_and_the_name_of_a_profile(player: Player) -> None:
    player.app.change_settings(physics={f"Profile {n}": {"drag": 3} for n in range(1, 5)})
    player.key(pygame.K_F3)
    assert not overlapping(player)
    player.play.board.session.order(SetConstant(physics.DRAG, 3))
    player.frames(4)
    player.press("physics-save")
    assert not overlapping(player)


def test_a_creep_that_is_looked_at(player: Player) -> None:
    player.play.board.session.order(StartWave())
    player.until(lambda: player.match.creep_count > 0)
    player.click(player.place(*player.match.game_map.spawns[0]))
    assert player.play.board.selection.creep_index() is not None
    assert overlapping(player) == []


def test_the_menus_and_the_ends(player: Player) -> None:
    player.press("menu")
    assert overlapping(player) == []
    player.press("settings")
    assert overlapping(player) == []
    player.press("back")
    player.press("resume")
    player.match.world.score[score.WAVE] = player.match.wave_count
    player.match.world.score[score.CLEARED] = player.match.wave_count - 1
    player.until(lambda: isinstance(player.app.screen, EndingScreen))
    assert overlapping(player) == []
    player.press("maps")
    assert overlapping(player) == []

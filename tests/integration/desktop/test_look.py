"""What a newcomer to the desktop player sees, and the settings of how it looks."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pygame

from bulwark.desktop.drawing.painter import Painter, Point
from bulwark.desktop.input.actions import Action
from bulwark.desktop.startup import Options
from bulwark.sim import rules
from bulwark.sim.commands import StartWave
from bulwark.sim.layout import creep, score, tower
from tests.unit.bulwark.desktop.player import Player, playing

TOWER, UNDER_IT = (9, 4), (9, 6)


def pixels(player: Player, *, after: int = 0) -> bytes:
    player.frames(after)
    return pygame.image.tobytes(player.app.painter.surface, "RGB")


def words(player: Player) -> list[str]:
    """The texts drawn on the topmost screen."""
    said: list[str] = []
    text = Painter.text

    def note(self: Painter, drawn: str, at: Point, **options: Any) -> float:
        said.append(drawn)
        return text(self, drawn, at, **options)

    with patch.object(Painter, "text", note):
        player.app.screen.draw(player.app.painter)
    return said


def test_the_next_wave_tells_the_health_its_creeps_spawn_with(player: Player) -> None:
    told = words(player)
    player.play.board.session.order(StartWave())
    player.until(lambda: player.match.creep_count > 0)
    assert f"{player.match.creeps[creep.FULL][0]} hp" in told


def test_what_a_long_wave_leaves_out_is_counted(tmp_path: Path) -> None:
    with playing(tmp_path, Options(map_id="citadel", seed=7)) as player:
        waves = player.match.game_map.waves
        number = next(
            n for n, wave in enumerate(waves) if len({(each.kind, each.spawn) for each in wave}) > 4
        )
        player.match.world.score[score.WAVE] = number
        player.frames()
        told = words(player)
    shown = sum(
        int(before)
        for before, after in pairwise(told)
        if after.lower() in rules.CREEPS and before.isdecimal()
    )
    rest = next(int(text.split()[1]) for text in told if text.startswith("and "))
    assert shown + rest == sum(each.size for each in waves[number])


def test_after_the_last_wave_no_gold_is_promised(player: Player) -> None:
    player.match.world.score[score.WAVE] = player.match.wave_count
    player.match.world.score[score.BREAK] = rules.COUNTDOWN_TICKS
    assert "The last wave has started" in words(player)


def test_a_key_that_means_something_everywhere_can_be_bound_to_something_else(tmp_path: Path) -> None:
    with playing(tmp_path) as player:
        player.press("settings")
        player.press(Action.DEBUG)
        player.key(pygame.K_m)
        assert player.app.input.bindings.action("key:m") is Action.DEBUG
        assert not player.app.settings.muted


def test_a_double_click_builds_one_tower_without_a_complaint(player: Player) -> None:
    player.key(pygame.K_1)
    player.click(player.place(*TOWER))
    player.app.notify("")
    x, y = (round(each * player.app.painter.scale) for each in player.place(*UNDER_IT))
    press = pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(x, y), button=1)
    player.send(press, press)
    player.frames(4)

    assert list(player.match.towers[tower.KIND][: player.match.tower_count]) == [0, 0]
    assert player.app.notice == ""
    assert player.play.board.selection.ghost() is None


def test_a_hint_is_not_drawn_over_a_tip(player: Player) -> None:
    with patch("bulwark.desktop.screens.banners.draw_hint") as draw_hint:
        player.frames()
        assert draw_hint.called
        draw_hint.reset_mock()
        x, y, _, _ = player.widget("tower-0")
        player.move((x + 5, y + 5))
        draw_hint.reset_mock()
        player.frames()
        assert not draw_hint.called


def test_a_clicked_creep_stays_looked_at_until_it_is_gone(player: Player) -> None:
    player.play.board.session.order(StartWave())
    player.until(lambda: player.match.creep_count > 0)
    spawn = player.place(*player.match.game_map.spawns[0])
    before = pixels(player)
    player.click(spawn)
    player.move((5, 5))
    player.frames(20)

    assert player.play.board.selection.creep_index() == 0
    assert pixels(player) != before
    player.key(pygame.K_ESCAPE)
    player.frames()
    assert player.play.board.selection.creep_index() is None


def test_reduced_motion_keeps_the_arrows_still(player: Player) -> None:
    player.move((5, 5))
    player.frames(2)
    assert pixels(player) != pixels(player, after=20)

    player.app.change_settings(reduced_motion=True)
    player.frames(2)
    assert pixels(player) == pixels(player, after=20)


def test_high_contrast_makes_panels_black_and_is_remembered(tmp_path: Path) -> None:
    with playing(tmp_path) as player:
        player.press("settings")
        player.press("high_contrast")
    with playing(tmp_path) as player:
        player.press("settings")
        player.frames()
        panel = player.app.painter.pixels((*player.widget("effects")[:2], 1, 1)).move(-8, 0).topleft
        assert player.app.painter.surface.get_at(panel)[:3] == (0, 0, 0)
    assert json.loads((tmp_path / "settings.json").read_text())["highContrast"] is True


def test_larger_text_enlarges_small_print(player: Player) -> None:
    before = player.app.painter.width_of("armour", size=12)
    player.app.change_settings(larger_text=True)

    assert player.app.painter.width_of("armour", size=12) > 1.2 * before

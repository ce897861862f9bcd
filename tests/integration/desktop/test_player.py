"""The desktop player end to end: real frames under SDL's dummy driver, real files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pygame
import pytest

from bulwark.desktop.screens.consent import ConsentScreen
from bulwark.desktop.screens.settings import SettingsScreen
from bulwark.desktop.screens.title import TitleScreen
from bulwark.desktop.startup import Options
from bulwark.saves import replays
from bulwark.sim import rules
from bulwark.sim.commands import Build, Sell, StartWave
from bulwark.sim.layout import score, tower
from tests.integration.desktop.conftest import ON_MEADOW
from tests.unit.bulwark.desktop.player import Player, playing, run_to_the_end, win

TOWER, UNDER_IT = (9, 4), (9, 6)


def kinds(player: Player) -> list[int]:
    return list(player.match.towers[tower.KIND][: player.match.tower_count])


class TestConsent:
    def test_the_question_comes_after_the_first_match_and_is_off(self, tmp_path: Path) -> None:
        events = tmp_path / "events.jsonl"
        with playing(tmp_path, Options(map_id="meadow", events=events), asked=False) as player:
            win(player)
            player.press("maps")
            assert isinstance(player.app.screen, ConsentScreen)
            player.key(pygame.K_ESCAPE)
            assert isinstance(player.app.screen, ConsentScreen)

            player.press("go")
            assert isinstance(player.app.screen, TitleScreen)
            assert not player.app.telemetry.consent.allows
            assert events.read_bytes() == b""

            player.press("play")
            win(player)
            player.press("maps")
            assert isinstance(player.app.screen, TitleScreen)

    def test_events_are_written_after_the_player_consents(self, tmp_path: Path) -> None:
        events = tmp_path / "events.jsonl"
        with playing(tmp_path, Options(map_id="meadow", events=events), asked=False) as player:
            win(player)
            player.press("again")
            player.press("telemetry")
            player.press("go")
            player.key(pygame.K_1)
            player.click(player.place(*TOWER))
            player.frames(4)
            uid = player.match.towers[tower.UID][0]
            player.play.board.session.order(Sell(uid))
            player.frames(4)
            player.app.go_home()

        calls = [json.loads(line) for line in events.read_text().splitlines()]
        assert [call["event"] for call in calls] == [
            "session_started",
            "match_started",
            "tower_built",
            "tower_sold",
            "match_left",
        ]
        assert calls[2]["properties"] | {"tower": "bolt", "column": 9, "row": 4} == calls[2]["properties"]
        assert len({call["anonymousId"] for call in calls}) == 1


class TestInput:
    def test_a_wave_is_played_with_the_mouse_and_drawn(self, player: Player, tmp_path: Path) -> None:
        before = player.look(*TOWER)
        player.press("tower-0")
        player.click(player.place(*TOWER))
        player.click(player.place(*UNDER_IT))
        player.frames(3)
        player.key(pygame.K_ESCAPE)
        player.move((5, 5))
        player.frames(2)
        assert kinds(player) == [0, 0]
        assert player.look(*TOWER) != before

        quiet = player.look(3, 5)
        player.press("start")
        player.until(lambda: player.match.creep_count > 2)
        player.frames(30)
        assert player.match.wave == 1
        assert player.look(3, 5) != quiet
        player.until(lambda: int(player.match.world.score[score.KILLED]) > 0)

        picture = tmp_path / "wave.png"
        pygame.image.save(player.app.painter.surface, picture)
        seen = pygame.image.load(picture)
        assert seen.size == (1280, 800)
        assert len(set(pygame.image.tobytes(seen, "RGB")[::997])) > 50

    def test_a_tower_is_built_upgraded_targeted_and_sold_with_the_keyboard(self, player: Player) -> None:
        gold = player.match.gold
        player.key(pygame.K_2, pygame.K_RIGHT, pygame.K_UP, pygame.K_UP, pygame.K_RETURN)
        player.frames(4)
        assert kinds(player) == [1]
        assert player.match.gold < gold

        player.key(pygame.K_ESCAPE, pygame.K_RETURN, pygame.K_u, pygame.K_t)
        player.frames(4)
        assert player.match.towers[tower.VARIANT][0] == 1
        assert player.match.towers[tower.TARGETING][0] == 1

        refund = player.match.refund(player.match.towers[tower.UID][0])
        gold = player.match.gold
        player.key(pygame.K_x)
        player.frames(4)
        assert player.match.tower_count == 0
        assert player.match.gold == gold + refund

    def test_a_tower_is_built_with_a_gamepad(self, player: Player) -> None:
        player.pad(
            pygame.CONTROLLER_BUTTON_RIGHTSHOULDER, pygame.CONTROLLER_BUTTON_RIGHTSHOULDER,
            pygame.CONTROLLER_BUTTON_DPAD_UP, pygame.CONTROLLER_BUTTON_DPAD_UP, pygame.CONTROLLER_BUTTON_A,
            pygame.CONTROLLER_BUTTON_Y,
        )  # fmt: skip
        player.frames(4)

        assert kinds(player) == [1]
        assert player.match.wave == 1

    def test_a_held_stick_keeps_moving_the_cursor(self, player: Player) -> None:
        axis: dict[str, Any] = {"axis": pygame.CONTROLLER_AXIS_LEFTX, "instance_id": 0}
        player.send(pygame.event.Event(pygame.CONTROLLERAXISMOTION, value=32_000, **axis))
        first = player.play.board.selection.cell
        player.frames(60)
        later = player.play.board.selection.cell
        player.send(pygame.event.Event(pygame.CONTROLLERAXISMOTION, value=0, **axis))
        player.frames(60)

        assert first is not None
        assert later is not None
        assert later[0] - first[0] > 5
        assert player.play.board.selection.cell == later

    def test_a_first_tap_shows_the_ghost_and_a_second_builds(self, player: Player) -> None:
        area = player.widget("tower-3")
        player.tap((area[0] + 10, area[1] + 10))
        player.tap(player.place(*TOWER))
        player.frames(4)
        assert player.play.board.selection.ghost() is not None
        assert player.match.tower_count == 0

        player.tap(player.place(*TOWER))
        player.frames(4)
        assert kinds(player) == [3]

    def test_building_while_paused_costs_one_tick(self, player: Player) -> None:
        player.key(pygame.K_SPACE)
        player.frames(3)
        tick = player.match.tick
        player.key(pygame.K_1)
        player.click(player.place(*TOWER))
        player.frames(30)

        assert kinds(player) == [0]
        assert player.match.tick == tick + 1

    def test_a_refused_command_shows_why_and_costs_nothing(self, player: Player) -> None:
        player.key(pygame.K_1)
        gold = player.match.gold
        player.click(player.place(*player.match.game_map.goal))
        player.frames(3)

        assert player.match.gold == gold
        assert player.app.notice == "Nothing can be built there."

    def test_a_key_rebound_in_the_settings_stays_rebound(self, tmp_path: Path) -> None:
        with playing(tmp_path) as player:
            player.press("settings")
            assert isinstance(player.app.screen, SettingsScreen)
            player.press("debug")
            player.key(pygame.K_z)
            player.key(pygame.K_ESCAPE)
        with playing(tmp_path, ON_MEADOW) as player:
            player.key(pygame.K_F3)
            assert not player.play.board.debug
            player.key(pygame.K_z)
            assert player.play.board.debug

    def test_a_click_while_a_key_is_awaited_cancels_and_still_clicks(self, tmp_path: Path) -> None:
        with playing(tmp_path) as player:
            player.press("settings")
            player.press("debug")
            player.press("back")
            assert isinstance(player.app.screen, TitleScreen)
            assert player.app.settings.bindings == {}

    def test_esc_while_a_key_is_awaited_cancels(self, tmp_path: Path) -> None:
        with playing(tmp_path) as player:
            player.press("settings")
            player.press("debug")
            player.key(pygame.K_ESCAPE)
            assert player.app.settings.bindings == {}

            player.key(pygame.K_ESCAPE)
            assert isinstance(player.app.screen, TitleScreen)

    def test_all_bindings_can_be_reset_while_a_key_is_awaited(self, tmp_path: Path) -> None:
        (tmp_path / "settings.json").write_text(
            '{"bindings": {"cancel": ["mouse:left"], "point": ["finger"]}}'
        )
        with playing(tmp_path) as player:
            player.press("settings")
            player.press("debug")
            player.press("defaults")

            assert player.app.settings.bindings == {}

    def test_a_tower_that_is_only_pointed_at_is_never_sold(self, player: Player) -> None:
        player.play.board.session.order(Build(0, *TOWER))
        player.frames(4)
        player.move(player.place(*TOWER))
        player.key(pygame.K_x, pygame.K_DELETE, pygame.K_s)
        player.frames(2)

        assert player.match.tower_count == 1

    def test_the_gamepad_reaches_every_kind_of_tower(self, player: Player) -> None:
        picked = set()
        for _ in rules.TOWERS:
            player.pad(pygame.CONTROLLER_BUTTON_RIGHTSHOULDER)
            picked.add(player.play.board.selection.kind)

        assert picked == set(range(len(rules.TOWERS)))


class TestDrawing:
    def test_drawing_never_changes_the_match(self, player: Player) -> None:
        play = player.play
        for command in (Build(0, 9, 4), Build(1, 9, 6), Build(4, 11, 4), StartWave(), StartWave()):
            play.board.session.order(command)
        player.key(pygame.K_F3, pygame.K_3)
        player.move(player.place(12, 5))
        player.until(lambda: player.match.shell_count > 0)
        world = player.match.world
        before = (player.match.state_hash(), player.match.column_hashes(), repr(world))

        for fraction in (0.0, 0.3, 0.9):
            play.board.session.fraction = fraction
            for screen in (play, *player.app._screens):
                screen.draw(player.app.painter)

        assert (player.match.state_hash(), player.match.column_hashes(), repr(world)) == before

    @pytest.mark.parametrize(
        "frames",
        [[33_333], [16_667], [6_944], [4_000, 31_000, 90_000, 0, 7_001]],
        ids=["30", "60", "144", "jittered"],
    )
    def test_a_match_is_the_same_at_every_frame_rate_of_the_real_loop(
        self, tmp_path: Path, recorded: Path, frames: Sequence[int]
    ) -> None:
        expected = replays.from_bytes(recorded.read_bytes()).checkpoints[-1]
        with playing(tmp_path, Options(replay=recorded)) as player:
            play = player.play
            play.board.session.speed = 4
            run_to_the_end(player.app, frames, until=lambda: play.finished)

            assert player.app.failure is None
            assert play.board.session.match.tick == expected.tick
            assert play.board.session.match.state_hash() == expected.state_hash

    def test_the_same_tick_of_the_same_match_looks_the_same(self, tmp_path: Path) -> None:
        pictures = []
        for name in ("one", "other"):
            with playing(tmp_path / name, ON_MEADOW) as player:
                player.play.board.session.order(StartWave())
                player.frames(90)
                pictures.append(pygame.image.tobytes(player.app.painter.surface, "RGB"))

        assert pictures[0] == pictures[1]

    @pytest.mark.parametrize("size", [(640, 400), (1920, 1080), (900, 1400)])
    def test_widgets_fit_inside_every_window_size(self, player: Player, size: tuple[int, int]) -> None:
        pygame.display.set_mode(size, pygame.RESIZABLE)
        player.send(pygame.event.Event(pygame.VIDEORESIZE, size=size, w=size[0], h=size[1]))
        player.frames(2)
        width, height = player.app.painter.width, player.app.painter.height

        keys = [widget.key for widget in player.play._widgets()]
        for key in keys:
            x, y, across, down = player.widget(key)
            assert 0 <= x <= x + across <= width, key
            assert 0 <= y <= y + down <= height, key


def test_a_gamepad_that_is_unplugged_holds_nothing_any_longer(player: Player) -> None:
    player.send(pygame.event.Event(pygame.CONTROLLERBUTTONDOWN, button=pygame.CONTROLLER_BUTTON_DPAD_RIGHT))
    player.send(pygame.event.Event(pygame.CONTROLLERDEVICEREMOVED, instance_id=0))
    cell = player.play.board.selection.cell
    player.frames(60)

    assert player.play.board.selection.cell == cell


def test_a_gamepad_that_is_gone_before_it_is_opened_is_reported(player: Player) -> None:
    player.send(pygame.event.Event(pygame.CONTROLLERDEVICEADDED, device_index=99))

    assert "gamepad" in player.app.notice

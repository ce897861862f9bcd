"""What the desktop player keeps: checkpoints, quick saves, files, stars and replays."""

from __future__ import annotations

import os
from pathlib import Path

import pygame
import pytest

from bulwark.assets import built
from bulwark.browser.session import Session as BrowserSession
from bulwark.desktop.screens.confirmation import ConfirmScreen
from bulwark.desktop.screens.ending import EndingScreen
from bulwark.desktop.screens.play import PlayScreen
from bulwark.desktop.screens.title import TitleScreen
from bulwark.desktop.startup import Options
from bulwark.saves import matches, replays
from bulwark.saves.files import load_match, load_saved, save_match
from bulwark.saves.replays import Recording
from bulwark.sim.commands import AutoStart, Build, StartWave
from bulwark.sim.layout import score
from bulwark.sim.match import Match
from bulwark.steps import Steps, resumed
from tests.integration.desktop.conftest import ON_MEADOW
from tests.unit.bulwark.desktop.player import FRAME, Player, build_and_leave, playing, run_to_the_end, win

# What is drawn of a whole match does not matter here.
SLOW_FRAME = 4 * FRAME
TOWER, OTHER_TOWER, FORD_TOWER = (9, 4), (12, 8), (3, 3)


def test_loading_restores_the_quick_save(player: Player) -> None:
    player.play.board.session.order(StartWave())
    player.until(lambda: player.match.creep_count > 2)
    player.key(pygame.K_F5)
    saved = player.match.export()
    player.frames(60)
    assert player.match.export() != saved

    player.key(pygame.K_F9)

    assert player.match.export() == saved
    assert player.play.board.session.paused


def test_a_match_left_midway_can_be_continued_at_the_next_start(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        player.play.board.session.order(Build(0, 9, 4))
        player.frames(30)
        state = player.match.export()
        tick = player.match.tick
        run_to_the_end(player.app, [0], until=lambda: True)
    with playing(tmp_path) as player:
        player.press("continue")
        assert player.match.tick == tick
        assert player.match.export() == state


def test_a_checkpoint_is_written_after_a_wave(player: Player) -> None:
    checkpoint = player.app.home.checkpoint("meadow")
    player.play.board.session.order(StartWave())
    player.play.board.session.speed = 4
    player.until(lambda: int(player.match.world.score[score.CLEARED]) == 1)
    player.frames()

    assert checkpoint.exists()


def test_a_damaged_save_offers_the_checkpoint_before_it(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        player.frames(20)
        player.app.go_home()
        path = player.app.home.checkpoint("meadow")
        player.press("continue")
        player.key(pygame.K_SPACE)
        player.frames(20)
        player.app.go_home()
        data = bytearray(path.read_bytes())
        data[-5] ^= 4
        path.write_bytes(data)

        player.press("continue")
        assert isinstance(player.app.screen, ConfirmScreen)
        player.press("yes")
        assert isinstance(player.app.screen, PlayScreen)


def test_a_lost_match_leaves_a_replay_that_plays_the_same(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        play = player.play
        play.board.session.speed = 4
        play.board.session.order(AutoStart(1))
        for _ in range(player.match.wave_count):
            play.board.session.order(StartWave())
        player.until(lambda: isinstance(player.app.screen, EndingScreen), elapsed=SLOW_FRAME)
        state = play.board.session.match.state_hash()
        (path,) = (tmp_path / "replays").iterdir()

        player.press("replay")
        watched = player.play
        watched.board.session.speed = 4
        player.until(lambda: watched.finished, elapsed=SLOW_FRAME)

        assert player.app.failure is None
        assert watched.board.session.match.state_hash() == state
        assert path.suffix == ".bulwark-replay"


def test_a_match_that_was_resumed_leaves_a_replay_from_its_start(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
    with playing(tmp_path) as player:
        player.press("continue")
        play = player.play
        play.board.session.paused = False
        play.board.session.speed = 4
        for _ in range(player.match.wave_count):
            play.board.session.order(StartWave())
        player.until(lambda: isinstance(player.app.screen, EndingScreen), elapsed=SLOW_FRAME)
        player.press("replay")
        watched = player.play
        watched.board.session.speed = 4
        player.until(lambda: watched.finished, elapsed=SLOW_FRAME)

        assert player.app.failure is None
        assert watched.board.match.tower_count == 1
        assert watched.board.match.state_hash() == play.board.match.state_hash()


def test_a_win_with_other_physics_keeps_the_checkpoint_since_it_wins_nothing(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
    checkpoint = tmp_path / "saves" / "meadow.bulwark"
    with playing(tmp_path) as player:
        player.press("continue")
        player.play.board.session.paused = False
        player.match.world.score[score.TWEAKED] = 1
        win(player)
        assert checkpoint.exists()
        assert player.app.wins == 0
        player.press("resume")
        assert not player.match.tweaked


def test_another_match_on_the_same_map_replaces_the_kept_one_only_after_a_yes(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
    checkpoint = tmp_path / "saves" / "meadow.bulwark"
    kept = checkpoint.read_bytes()

    with playing(tmp_path, Options(map_id="meadow", seed=8)) as player:
        assert isinstance(player.app.screen, ConfirmScreen)
        player.press("back")
        assert isinstance(player.app.screen, TitleScreen)
        player.press("play")
        player.press("resume")
        assert (player.seed, player.play.board.session.paused) == (7, True)
    assert checkpoint.read_bytes() == kept

    with playing(tmp_path, Options(map_id="meadow", seed=8)) as player:
        player.press("yes")
        assert player.seed == 8
        build_and_leave(player, at=TOWER)
    assert checkpoint.read_bytes() != kept


def test_each_map_keeps_its_own_match(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
    with playing(tmp_path, Options(map_id="ford", seed=8)) as player:
        build_and_leave(player, at=FORD_TOWER)
        player.press("map-meadow")
        player.press("continue")

        assert (player.seed, player.match.game_map.id) == (7, "meadow")


def test_a_restart_asks_before_the_match_is_dropped(player: Player) -> None:
    player.play.board.session.order(Build(0, *TOWER))
    player.frames(4)
    player.press("menu")
    player.press("again")
    assert isinstance(player.app.screen, ConfirmScreen)

    player.press("back")

    assert (player.seed, player.match.tower_count) == (7, 1)


def test_a_match_nobody_has_touched_replaces_no_kept_one(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
        player.press("play")
        player.press("yes")
        player.frames(20)
        player.app.go_home()
        player.press("continue")

        assert player.seed == 7
        assert player.match.tower_count == 1


def test_a_quick_save_of_another_match_is_replaced_only_after_a_yes(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        player.play.board.session.order(Build(0, *TOWER))
        player.frames(4)
        player.key(pygame.K_F5)
        saved = (tmp_path / "saves" / "meadow.quick.bulwark").read_bytes()
    with playing(tmp_path, Options(map_id="meadow", seed=8)) as player:
        player.frames(4)
        player.key(pygame.K_F5)
        assert isinstance(player.app.screen, ConfirmScreen)
        player.press("back")
        assert (tmp_path / "saves" / "meadow.quick.bulwark").read_bytes() == saved

        player.key(pygame.K_F5)
        player.press("yes")
        assert (tmp_path / "saves" / "meadow.quick.bulwark").read_bytes() != saved


def test_the_only_save_of_an_older_release_becomes_its_maps_own(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
    (tmp_path / "saves" / "meadow.bulwark").rename(tmp_path / "saves" / "checkpoint.bulwark")

    with playing(tmp_path) as player:
        player.press("continue")

        assert player.seed == 7


def test_losing_the_focus_pauses_and_saves(player: Player) -> None:
    player.play.board.session.order(Build(0, *TOWER))
    player.frames(4)
    player.send(pygame.event.Event(pygame.WINDOWFOCUSLOST))

    assert player.play.board.session.paused
    assert player.app.home.checkpoint("meadow").exists()


def test_an_exported_match_goes_to_the_browser_and_back(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        player.play.board.session.order(Build(0, *TOWER))
        player.frames(4)
        player.press("menu")
        player.press("export")
        (exported,) = (tmp_path / "exports").iterdir()
        state = load_match(exported, player.app.maps).export()

        map_text = built.path("maps/meadow.json").read_text()
        downloaded = BrowserSession.restore(map_text, exported.read_bytes(), "match").save()
        exported.with_name("from-the-browser.bulwark").write_bytes(downloaded)
        player.app.go_home()
        player.press("open")
        player.press("from-the-browser.bulwark")
        assert isinstance(player.app.screen, ConfirmScreen)  # the kept match is a few ticks ahead
        player.press("yes")

        assert player.match.export() == state
        assert player.play.board.session.paused


@pytest.mark.parametrize("goes_on", [True, False])
def test_only_a_file_that_goes_on_from_the_kept_match_replaces_it_without_a_question(
    player: Player, tmp_path: Path, *, goes_on: bool
) -> None:
    player.play.board.session.order(Build(0, *TOWER))
    player.frames(4)
    player.app.set_aside()
    kept = load_saved(player.app.home.checkpoint("meadow"), player.app.maps)
    branch: Steps = resumed(kept) if goes_on else Recording(player.match.game_map, seed=player.seed)
    for _ in range(kept.match.tick + 60):
        branch.step()
    branch.step([Build(0, *OTHER_TOWER)])
    dropped = tmp_path / "branch.bulwark"
    dropped.write_bytes(matches.to_bytes(branch.match, record=branch.record))

    player.send(pygame.event.Event(pygame.DROPFILE, file=str(dropped)))

    assert isinstance(player.app.screen, PlayScreen if goes_on else ConfirmScreen)


def test_a_dropped_file_is_opened_after_asking_about_the_kept_match(player: Player, tmp_path: Path) -> None:
    dropped = tmp_path / "dropped.bulwark"
    dropped.write_bytes(matches.to_bytes(Match.begin(player.match.game_map, seed=99)))
    player.play.board.session.order(Build(0, *TOWER))
    player.frames(4)

    player.send(pygame.event.Event(pygame.DROPFILE, file=str(dropped)))
    assert isinstance(player.app.screen, ConfirmScreen)
    player.press("yes")

    assert player.seed == 99


def test_the_progress_that_the_browser_saves_is_a_progress_file_here(tmp_path: Path) -> None:
    saved = '{"stars": {"meadow": {"normal": 2}}, "settings": {"music": 0.1, "input": {}}}'
    (tmp_path / "progress.json").write_text(saved)
    with playing(tmp_path) as player:
        assert player.app.progress.of("meadow", "normal") == 2


def test_a_map_is_locked_until_enough_stars_are_won(tmp_path: Path) -> None:
    with playing(tmp_path) as player:
        player.press("map-ford")
        player.press("play")
        assert isinstance(player.app.screen, TitleScreen)

        player.app.save_progress(player.app.progress.won("meadow", difficulty="easy", stars=1))
        player.press("play")
        assert player.match.game_map.id == "ford"


def test_a_won_match_gives_stars(player: Player) -> None:
    play = player.play
    win(player)

    assert play.board.session.match.outcome == score.WON
    assert player.app.progress.of("meadow", "normal") == 3
    player.key(pygame.K_ESCAPE)
    assert isinstance(player.app.screen, TitleScreen)


def test_a_won_match_leads_to_the_next_map(player: Player) -> None:
    win(player)
    player.press("next")

    assert player.match.game_map.id == "ford"


@pytest.mark.parametrize(
    "name",
    [b"\xff\xfe.bulwark", b"two\nlines.bulwark", b"x" * 240 + b".bulwark", "\u202edlrow.bulwark".encode(), b"\x1b[31m.bulwark"],
)  # fmt: skip
def test_a_file_of_any_name_is_listed_and_opened(player: Player, name: bytes) -> None:
    folder = player.app.home.downloads
    folder.mkdir()
    save_match(folder / os.fsdecode(name), player.match)
    player.app.go_home()
    player.press("open")
    player.frames()

    player.press(os.fsdecode(name))

    assert player.match.tick > 0


@pytest.mark.parametrize("path", ["/nowhere/a\0b.bulwark", "/nowhere/\udcff.bulwark-replay"])
def test_a_dropped_file_that_cannot_be_read_is_named(player: Player, path: str) -> None:
    player.send(pygame.event.Event(pygame.DROPFILE, file=path))
    player.frames()

    assert "Cannot read" in player.app.notice


def test_a_won_match_whose_file_cannot_be_removed_still_earns_its_stars(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
        player.press("continue")
        checkpoint = player.app.home.checkpoint("meadow")
        checkpoint.unlink()
        checkpoint.mkdir()
        player.key(pygame.K_SPACE)
        win(player)

        assert str(checkpoint) in player.app.notice
        assert player.app.progress.best("meadow") > 0


def test_a_dropped_replay_is_watched_whatever_its_name(player: Player, tmp_path: Path) -> None:
    recording = Recording(player.match.game_map, seed=7)
    recording.step()
    file = tmp_path / "renamed.bulwark"
    file.write_bytes(replays.to_bytes(recording.replay()))

    player.send(pygame.event.Event(pygame.DROPFILE, file=str(file)))

    assert player.play.board.watching


def test_watching_a_replay_leaves_the_kept_match_alone(tmp_path: Path) -> None:
    with playing(tmp_path, ON_MEADOW) as player:
        build_and_leave(player, at=TOWER)
    kept = (tmp_path / "saves" / "meadow.bulwark").read_bytes()
    recording = Recording(built.maps()[0], seed=8)
    recording.step([*(Build(0, column, 4) for column in (7, 9, 11)), StartWave()])
    while recording.match.world.score[score.CLEARED] == 0:
        recording.step()
    recording.step()
    file = tmp_path / "one.bulwark-replay"
    file.write_bytes(replays.to_bytes(recording.replay()))

    with playing(tmp_path, Options(replay=file)) as player:
        player.play.board.session.speed = 4
        player.until(lambda: player.play.finished)

    assert recording.match.lives > 0
    assert (tmp_path / "saves" / "meadow.bulwark").read_bytes() == kept

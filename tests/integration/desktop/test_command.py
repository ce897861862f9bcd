"""The command that starts the desktop player, in processes of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import bulwark
from bulwark.desktop.profile.claim import claimed
from bulwark.desktop.profile.home import locate_home
from bulwark.saves import replays
from tests.unit.bulwark.desktop.player import playing

SOURCES = Path(bulwark.__file__).parent.parent


class TestCommand:
    def test_help_shows_an_example(self) -> None:
        answer = run_cli("--help")

        assert answer.returncode == 0
        assert "./keepwell play --map meadow" in answer.stdout
        assert "Exit codes" in answer.stdout

    def test_without_a_display_one_line_says_so(self, tmp_path: Path) -> None:
        answer = run_cli(BULWARK_HOME=str(tmp_path), SDL_VIDEODRIVER="", DISPLAY="", WAYLAND_DISPLAY="")

        assert_one_line(answer, "There is no display")

    def test_without_pygame_one_line_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "pygame.py").write_text("raise ModuleNotFoundError('none here', name='pygame')\n")

        answer = run_cli(PYTHONPATH=f"{tmp_path}{os.pathsep}{SOURCES}")

        assert_one_line(answer, "pygame-ce is not installed")

    def test_without_assets_one_line_says_how_to_build_them(self, tmp_path: Path) -> None:
        copied = shutil.copytree(
            SOURCES / "bulwark", tmp_path / "bulwark", ignore=shutil.ignore_patterns("built", "__pycache__")
        )

        answer = run_cli(PYTHONPATH=str(copied.parent), BULWARK_HOME=str(tmp_path))

        assert_one_line(answer, "python -m bulwark.assets")

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (["--map", "nowhere"], "There is no map 'nowhere'"),
            (["--load", "{file}"], "not a Bulwark save"),
            (["--replay", "{file}"], "not a Bulwark replay"),
        ],
    )
    def test_what_cannot_be_opened_is_reported_in_one_line(
        self, tmp_path: Path, arguments: Sequence[str], expected: str
    ) -> None:
        (tmp_path / "file").write_bytes(b"something else")
        given = [argument.format(file=tmp_path / "file") for argument in arguments]

        assert_one_line(run_cli(*given, BULWARK_HOME=str(tmp_path)), expected)

    def test_mutually_exclusive_options_are_a_usage_error(self, tmp_path: Path, recorded: Path) -> None:
        answer = run_cli("--map", "meadow", "--replay", str(recorded), BULWARK_HOME=str(tmp_path))

        assert answer.returncode == 2
        assert "are mutually exclusive" in answer.stderr

    def test_a_diverging_replay_reports_its_tick_and_column(self, tmp_path: Path, recorded: Path) -> None:
        replay = replays.from_bytes(recorded.read_bytes())
        forged = tmp_path / "forged"
        first = replay.checkpoints[0]
        columns = {**first.columns, "score.gold": "00000000"}
        checkpoint = first._replace(state_hash="0" * 16, columns=columns)
        forged.write_bytes(
            replays.to_bytes(replay._replace(checkpoints=[checkpoint, *replay.checkpoints[1:]]))
        )
        with playing(tmp_path) as player:
            del player

        process = start_cli("--replay", str(forged), BULWARK_HOME=str(tmp_path))
        assert process.stderr is not None
        reported = next(line for line in process.stderr if "tick" in line)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

        assert process.returncode == 1
        assert f"by tick {first.tick}: `score.gold` differs" in reported

    def test_a_second_program_with_the_same_files_does_not_start(self, tmp_path: Path) -> None:
        with claimed(locate_home({"BULWARK_HOME": str(tmp_path)})):
            answer = run_cli("--map", "meadow", BULWARK_HOME=str(tmp_path))

        assert_one_line(answer, "Bulwark is already open with the files in")

    @pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
    def test_a_terminated_game_has_saved_the_match(self, tmp_path: Path, ending: signal.Signals) -> None:
        with playing(tmp_path) as player:
            player.app.telemetry.choose(on=True)
        (tmp_path / "settings.json").write_text('{"effects": "loud"}')
        events = tmp_path / "events.jsonl"

        process = start_cli(
            "--map", "meadow", "--seed", "7", "--events", str(events), BULWARK_HOME=str(tmp_path)
        )
        until(lambda: events.exists() and b"match_started" in events.read_bytes())
        time.sleep(1.5)  # let a few ticks pass
        process.send_signal(ending)
        _, errors = process.communicate(timeout=60)

        assert process.returncode == 0
        assert "$.effects" in errors
        assert (tmp_path / "saves" / "meadow.bulwark").exists()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "The condition was never met."
        time.sleep(0.05)


def environment(**variables: str) -> dict[str, str]:
    dummy = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYTHONPATH": str(SOURCES)}
    return {name: value for name, value in {**os.environ, **dummy, **variables}.items() if value}


def run_cli(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bulwark.desktop", *arguments]
    return subprocess.run(
        command, env=environment(**variables), capture_output=True, text=True, timeout=60, check=False
    )


def start_cli(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bulwark.desktop", *arguments]
    return subprocess.Popen(
        command, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def assert_one_line(answer: subprocess.CompletedProcess[str], expected: str) -> None:
    assert answer.returncode == 1
    lines = [line for line in answer.stderr.splitlines() if "XDG_RUNTIME_DIR" not in line]
    assert len(lines) == 1
    assert expected in lines[0]

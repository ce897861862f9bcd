"""A desktop player on Meadow, under SDL's dummy driver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bulwark.assets import built
from bulwark.desktop.startup import Options
from bulwark.saves import replays
from bulwark.saves.replays import Recording
from bulwark.sim.commands import AutoStart, Build, Command, Sell, StartWave
from tests.unit.bulwark.desktop.player import Player, playing

ON_MEADOW = Options(map_id="meadow", seed=7)


@pytest.fixture(autouse=True)
def dummy_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")


@pytest.fixture
def player(tmp_path: Path, dummy_driver: None) -> Iterator[Player]:
    with playing(tmp_path, ON_MEADOW) as one:
        one.frames(3)
        yield one


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A replay of a few waves on the first map."""
    commands: dict[int, Sequence[Command]] = {
        2: [Build(0, 9, 4), Build(0, 9, 6)], 30: [StartWave()], 200: [Build(2, 12, 5), AutoStart(1)], 350: [Sell(1)],
    }  # fmt: skip
    recording = Recording(built.maps()[0], seed=5)
    while recording.match.tick < 700:
        recording.step(commands.get(recording.match.tick, ()))
    path = tmp_path_factory.mktemp("replay") / "some.bulwark-replay"
    path.write_bytes(replays.to_bytes(recording.replay()))
    return path

"""A desktop player on Meadow, under SDL's dummy driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulwark.desktop.startup import Options
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

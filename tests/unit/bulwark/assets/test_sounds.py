"""Sounds: small files that every device can play, without clicks, and a seamless loop."""

from __future__ import annotations

import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from bulwark.assets.sounds import SOUNDS
from bulwark.assets.synthesis import FULL, RATE

SILENT = FULL // 100


def samples(folder: Path, name: str) -> array[int]:
    with wave.open(str(folder / "sounds" / f"{name}.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_has_its_specified_loudness(folder: Path, name: str) -> None:
    assert abs(max(map(abs, samples(folder, name))) - FULL * SOUNDS[name][1]) <= 1


@pytest.mark.parametrize("name", sorted(set(SOUNDS) - {"music"}))
def test_a_sound_starts_and_ends_silently(folder: Path, name: str) -> None:
    sound = samples(folder, name)
    assert max(abs(sound[0]), abs(sound[-1])) < SILENT


@pytest.mark.parametrize("name", sorted(set(SOUNDS) - {"music"}))
def test_a_sound_effect_is_short(folder: Path, name: str) -> None:
    assert len(samples(folder, name)) < 2.5 * RATE


def test_the_music_loops_without_a_click(folder: Path) -> None:
    music = samples(folder, "music")
    steps = [abs(after - before) for before, after in pairwise(music)]
    assert abs(music[0] - music[-1]) <= max(steps)
    assert 20 * RATE <= len(music) <= 40 * RATE


def test_the_music_has_no_silent_second(folder: Path) -> None:
    music = samples(folder, "music")
    seconds = [music[start : start + RATE] for start in range(0, len(music) - RATE, RATE)]
    assert all(max(map(abs, second)) > 10 * SILENT for second in seconds)


def test_all_sounds_together_are_below_three_megabytes(folder: Path) -> None:
    assert sum(file.stat().st_size for file in (folder / "sounds").iterdir()) < 3_000_000

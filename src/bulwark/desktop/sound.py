"""The sounds: effects and music with volumes of their own. A machine without sound plays in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pygame

from bulwark.desktop.session import Happening
from bulwark.desktop.settings import Settings
from bulwark.sim import rules
from bulwark.sim.layout import event

NAMES = (
    "build", "sell", "upgrade", "bolt", "burst", "mortar", "explosion", "frost", "arc", "hit", "death", "leak",
    "wave", "win", "lose", "click", "refuse",
)  # fmt: skip
_FROST = rules.TOWERS.index("frost")
# The same sound again sooner than this is only louder noise, in microseconds.
_APART = 60_000
_CHANNELS = 24
# What is heard all the time is quieter than what tells something.
_LOUDNESS: Mapping[str, float] = {
    "hit": 0.25,
    "bolt": 0.4,
    "frost": 0.4,
    "arc": 0.45,
    "death": 0.5,
    "burst": 0.5,
}


class Sound:
    """Plays what is asked for, where there is a device; `trouble` says why not."""

    def __init__(self, path: Callable[[str], Path]) -> None:
        """`path` gives the file of a name such as `sounds/click.wav`."""
        self.trouble = ""
        self._sounds: dict[str, pygame.mixer.Sound] = {}
        self._music: pygame.mixer.Sound | None = None
        self._effects = 1.0
        self._clock = 0
        self._played: dict[str, int] = {}
        try:
            pygame.mixer.init(22_050, -16, 2, 512)
        except pygame.error as error:
            self.trouble = f"There is no sound: {error}."
            return
        pygame.mixer.set_num_channels(_CHANNELS)
        self._sounds = {name: pygame.mixer.Sound(path(f"sounds/{name}.wav")) for name in NAMES}
        self._music = pygame.mixer.Sound(path("sounds/music.wav"))
        self._music.play(loops=-1)

    def set(self, settings: Settings) -> None:
        """Take the volumes."""
        self._effects = 0.0 if settings.muted else settings.effects
        if self._music is not None:
            self._music.set_volume(0.0 if settings.muted else settings.music)

    def advance(self, elapsed: int) -> None:
        """Let time pass."""
        self._clock += elapsed

    def play(self, name: str) -> None:
        """Play an effect, unless it has only just begun."""
        found = self._sounds.get(name)
        before = self._played.get(name)
        if found is None or self._effects == 0 or (before is not None and self._clock - before < _APART):
            return
        self._played[name] = self._clock
        found.set_volume(self._effects * _LOUDNESS.get(name, 0.8))
        found.play()

    def hear(self, happened: Iterable[Happening]) -> None:
        """Play what happened in a match."""
        for happening in happened:
            name = name_of(happening)
            if name:
                self.play(name)


def name_of(happening: Happening) -> str:
    """The sound of something that happened; empty where it has none."""
    if happening.kind == event.FIRED:
        return rules.TOWERS[happening.a]
    if happening.kind == event.BURST:
        return "" if happening.a == _FROST else "explosion"
    return _BY_EVENT.get(happening.kind, "")


_BY_EVENT: Mapping[int, str] = {
    event.HIT: "hit", event.DIED: "death", event.LEAKED: "leak", event.WAVE_BEGAN: "wave",
}  # fmt: skip

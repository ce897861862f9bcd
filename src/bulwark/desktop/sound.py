"""Sound effects and music, with separate volumes. Without a sound device the game is silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pygame

from bulwark.desktop.match.session import MatchEvent
from bulwark.desktop.profile.settings import Settings
from bulwark.sim import rules
from bulwark.sim.layout import event
from bulwark.texts import TOWER_TEXTS

NAMES = {
    "build", "sell", "upgrade", "explosion", "frost", "hit", "death", "leak", "wave", "win", "lose", "click", "refuse",
    *(text.sound for text in TOWER_TEXTS if text.sound),
}  # fmt: skip
# The minimum time between two plays of the same sound, in microseconds.
_MIN_INTERVAL = 60_000
_CHANNELS = 24
# Constant sounds are quieter than informative ones.
_LOUDNESS: Mapping[str, float] = {
    "hit": 0.25,
    "bolt": 0.4,
    "frost": 0.4,
    "arc": 0.45,
    "death": 0.5,
    "burst": 0.5,
}


class Sound:
    """Plays sounds if there is a device; `trouble` says why there is none."""

    def __init__(self, path: Callable[[str], Path]) -> None:
        """`path` returns the file for a name such as `sounds/click.wav`."""
        self.trouble = ""
        self._sounds: dict[str, pygame.mixer.Sound] = {}
        self._music: pygame.mixer.Sound | None = None
        self._effects = 1.0
        self._clock = 0
        self._game_map: dict[str, int] = {}
        try:
            pygame.mixer.init(22_050, -16, 2, 512)
        except pygame.error as error:
            self.trouble = f"There is no sound: {error}."
            return
        pygame.mixer.set_num_channels(_CHANNELS)
        self._sounds = {name: pygame.mixer.Sound(path(f"sounds/{name}.wav")) for name in NAMES}
        self._music = pygame.mixer.Sound(path("sounds/music.wav"))
        self._music.play(loops=-1)

    def set_volumes(self, settings: Settings) -> None:
        """Apply the volumes."""
        self._effects = 0.0 if settings.muted else settings.effects
        if self._music is not None:
            self._music.set_volume(0.0 if settings.muted else settings.music)

    def advance(self, elapsed: int) -> None:
        """Advance the clock by `elapsed` microseconds."""
        self._clock += elapsed

    def play(self, name: str) -> None:
        """Play an effect, unless it has only just started."""
        sound = self._sounds.get(name)
        before = self._game_map.get(name)
        if (
            sound is None
            or self._effects == 0
            or (before is not None and self._clock - before < _MIN_INTERVAL)
        ):
            return
        self._game_map[name] = self._clock
        sound.set_volume(self._effects * _LOUDNESS.get(name, 0.8))
        sound.play()

    def play_events(self, events: Iterable[MatchEvent]) -> None:
        """Play the sounds of match events."""
        for event_row in events:
            name = sound_of(event_row)
            if name:
                self.play(name)


def sound_of(event_row: MatchEvent) -> str:
    """The sound of a match event; empty if it has none."""
    if event_row.kind == event.FIRED:
        return TOWER_TEXTS[event_row.a].sound
    if event_row.kind == event.BURST:
        # The shot of a chilling tower is all that is heard of it.
        return "" if rules.tower_rule(event_row.a, 0).slow else "explosion"
    return _BY_EVENT.get(event_row.kind, "")


_BY_EVENT: Mapping[int, str] = {
    event.HIT: "hit", event.DIED: "death", event.LEAKED: "leak", event.WAVE_BEGAN: "wave",
}  # fmt: skip

"""The sound effects: each event should be recognisable without looking, and none should become tiring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from bulwark.assets.music import build_music
from bulwark.assets.synthesis import BELL, BRASS, WARM, Glide, Samples, mixed, noise, shaped, to_wav, tone

C4, E4, G4, A4, C5, E5, G5, C6 = 261.63, 329.63, 392.0, 440.0, 523.25, 659.26, 783.99, 1046.5


def build_sounds() -> Iterator[tuple[str, bytes]]:
    """Each sound's name and WAV file; `music` is a loop."""
    for name, (make, loudness) in SOUNDS.items():
        yield name, to_wav(make(), loudness=loudness)


def _bell(pitch: float, *, seconds: float = 0.4, half_life: float = 0.09) -> Samples:
    return shaped(tone(seconds, pitch, partials=BELL), half_life=half_life)


def _horn(pitch: Glide, seconds: float) -> Samples:
    return shaped(tone(seconds, pitch, partials=BRASS), attack=0.06, half_life=seconds * 0.6)


def _thump(seconds: float, pitch: Glide, half_life: float) -> Samples:
    return shaped(tone(seconds, pitch), half_life=half_life)


def _hiss(seconds: float, cutoff: Glide, half_life: float, *, attack: float = 0.002) -> Samples:
    return shaped(noise(seconds, cutoff), attack=attack, half_life=half_life)


def _build() -> Samples:
    return mixed(
        (0.0, 1.0, _thump(0.16, (190.0, 90.0), 0.04)),
        (0.0, 0.8, _hiss(0.08, (2600.0, 500.0), 0.02)),
        (0.09, 0.5, _bell(C5, seconds=0.3, half_life=0.06)),
    )


def _sell() -> Samples:
    return mixed(*((0.06 * step, 0.6, _bell(pitch)) for step, pitch in enumerate((C6, E5 * 2, G5 * 2))))


def _upgrade() -> Samples:
    return mixed(*((0.07 * step, 0.7, _bell(pitch)) for step, pitch in enumerate((C5, E5, G5, C6))))


def _bolt() -> Samples:
    return mixed(
        (0.0, 0.7, shaped(tone(0.09, (950.0, 260.0), partials=WARM), half_life=0.022)),
        (0.0, 0.6, _hiss(0.05, (5000.0, 1500.0), 0.012)),
    )


def _burst() -> Samples:
    return mixed(
        (0.0, 1.0, _hiss(0.26, (900.0, 3600.0), 0.09, attack=0.03)),
        (0.0, 0.6, _thump(0.14, (240.0, 110.0), 0.04)),
    )


def _mortar() -> Samples:
    return mixed(
        (0.0, 1.0, _thump(0.36, (130.0, 44.0), 0.09)),
        (0.0, 0.7, _hiss(0.25, (1200.0, 250.0), 0.05)),
    )


def _explosion() -> Samples:
    return mixed(
        (0.0, 1.2, _hiss(0.85, (2400.0, 160.0), 0.15)),
        (0.0, 0.9, _thump(0.6, (82.0, 32.0), 0.16)),
    )


def _frost() -> Samples:
    chimes = enumerate((2093.0, 2637.0, 3136.0, 2349.0))
    return mixed(
        *((0.035 * step, 0.4, _bell(pitch, seconds=0.32, half_life=0.07)) for step, pitch in chimes),
        (0.0, 0.35, _hiss(0.3, (5200.0, 2600.0), 0.08, attack=0.02)),
    )


def _arc() -> Samples:
    hum = tone(0.24, (118.0, 96.0), partials=BRASS)
    crackle = noise(0.24, 9000.0, seed=5)
    # The crackle follows the hum's amplitude, like a spark on alternating current.
    return shaped(
        [abs(loud) * spark + 0.25 * loud for loud, spark in zip(hum, crackle, strict=True)], half_life=0.07
    )


def _hit() -> Samples:
    return mixed(
        (0.0, 0.8, _hiss(0.05, (3200.0, 900.0), 0.011)), (0.0, 0.6, _thump(0.06, (330.0, 190.0), 0.016))
    )


def _death() -> Samples:
    return mixed(
        (0.0, 0.8, shaped(tone(0.18, (560.0, 105.0), partials=WARM), half_life=0.05)),
        (0.02, 0.6, _hiss(0.14, (1800.0, 400.0), 0.035)),
    )


def _leak() -> Samples:
    falling = enumerate((E4, C4, A4 / 2))
    return mixed(*((0.14 * step, 0.8, _horn((pitch, pitch * 0.97), 0.3)) for step, pitch in falling))


def _wave() -> Samples:
    return mixed(
        (0.0, 0.8, _horn((G4 / 2 * 0.98, G4 / 2), 0.55)),
        (0.42, 1.0, _horn((C4 * 0.985, C4), 0.95)),
        (0.42, 0.5, _horn((G4 * 0.985, G4), 0.95)),
    )


def _win() -> Samples:
    rising = enumerate((C5, E5, G5))
    return mixed(
        *((0.16 * step, 0.6, _horn(pitch, 0.34)) for step, pitch in rising),
        *((0.5, 0.6, _horn(pitch, 1.4)) for pitch in (E5, G5, C6)),
        (0.5, 0.5, _bell(C6 * 2, seconds=1.3, half_life=0.3)),
    )


def _lose() -> Samples:
    falling = enumerate((A4, G4, E4))
    return mixed(
        *((0.32 * step, 0.6, _horn((pitch, pitch * 0.985), 0.5)) for step, pitch in falling),
        (1.0, 0.6, _horn((C4, C4 * 0.985), 1.1)),
        (1.0, 0.8, _thump(1.0, (70.0, 45.0), 0.3)),
    )


def _click() -> Samples:
    return mixed((0.0, 0.7, _thump(0.05, (1500.0, 1050.0), 0.01)), (0.0, 0.3, _hiss(0.02, 6000.0, 0.004)))


def _refuse() -> Samples:
    low = shaped(tone(0.1, 150.0, partials=BRASS), half_life=0.06)
    return mixed((0.0, 0.8, low), (0.11, 0.8, low))


# Relative loudness: frequent sounds are quiet.
SOUNDS: Mapping[str, tuple[Callable[[], Samples], float]] = MappingProxyType(
    {
        "build": (_build, 0.75),
        "sell": (_sell, 0.6),
        "upgrade": (_upgrade, 0.65),
        "bolt": (_bolt, 0.4),
        "burst": (_burst, 0.45),
        "mortar": (_mortar, 0.65),
        "explosion": (_explosion, 0.75),
        "frost": (_frost, 0.4),
        "arc": (_arc, 0.45),
        "hit": (_hit, 0.3),
        "death": (_death, 0.45),
        "leak": (_leak, 0.75),
        "wave": (_wave, 0.7),
        "win": (_win, 0.8),
        "lose": (_lose, 0.8),
        "click": (_click, 0.4),
        "refuse": (_refuse, 0.5),
        "music": (build_music, 0.6),
    }
)

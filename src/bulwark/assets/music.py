"""The quiet background loop: eight bars of slow chords, a bass and a few plucked notes with echoes.

Notes wrap around the loop's end, so that it repeats seamlessly.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

from bulwark.assets.contours import chance
from bulwark.assets.synthesis import RATE, WARM, Samples, add_wrapped, shaped, tone

BEAT = 0.9375  # seconds: 64 beats per minute
BARS = 8
BEATS = 4  # per bar
SECONDS = BARS * BEATS * BEAT

# Semitones from A of 220 Hz: D minor, B flat, F, C, D minor, G minor, B flat, A without its third.
CHORDS: Sequence[Sequence[int]] = (
    (-7, 0, 5, 8), (-11, -4, 1, 5), (-4, 0, 3, 8), (-9, -2, 3, 7),
    (-7, 0, 5, 8), (-14, -7, -2, 1), (-11, -4, 1, 5), (-12, -5, 0, 7),
)  # fmt: skip
# D minor pentatonic, which fits all chords.
PLUCKED = (5, 8, 10, 12, 15, 17, 20)
PLUCKS_OF_HALF_BEATS = 0.5
ECHOES = ((0.0, 1.0), (0.75 * BEAT, 0.38), (1.5 * BEAT, 0.15))


def build_music() -> Samples:
    """The loop, SECONDS long."""
    loop = [0.0] * round(SECONDS * RATE)
    for bar, chord in enumerate(CHORDS):
        begin = bar * BEATS * BEAT
        for semitone in chord:
            add_wrapped(loop, (begin - 0.6, 0.16, _pad(semitone)))
        add_wrapped(loop, (begin, 0.34, _bass(chord[0] - 12)))
        add_wrapped(loop, (begin + 2.5 * BEAT, 0.2, _bass(chord[0] - 12)))
    for half_beat in range(BARS * BEATS * 2):
        if chance("pluck", half_beat) < PLUCKS_OF_HALF_BEATS:
            semitone = PLUCKED[int(chance("pitch", half_beat) * len(PLUCKED))]
            for later, gain in ECHOES:
                add_wrapped(loop, (half_beat * BEAT / 2 + later, 0.2 * gain, _pluck(semitone)))
    return loop


def _hertz(semitone: int) -> float:
    return 220.0 * math.pow(2.0, semitone / 12)


@functools.cache
def _pad(semitone: int) -> Samples:
    # Two slightly detuned tones beat slowly against each other.
    seconds = BEATS * BEAT + 1.6
    pair = zip(
        tone(seconds, _hertz(semitone) * 0.9985), tone(seconds, _hertz(semitone) * 1.0015), strict=True
    )
    together = [one + other for one, other in pair]
    swelling = 1.2 * RATE
    return [
        sample * min(number / swelling, (len(together) - number) / swelling, 1.0)
        for number, sample in enumerate(together)
    ]


@functools.cache
def _bass(semitone: int) -> Samples:
    return shaped(tone(2.2, _hertz(semitone), partials=(1.0, 0.25)), attack=0.03, half_life=0.5)


@functools.cache
def _pluck(semitone: int) -> Samples:
    return shaped(tone(1.4, _hertz(semitone), partials=WARM), attack=0.006, half_life=0.16)

"""Sound synthesis: tones, noise, envelopes, mixing, and writing WAV files.

A sound is a list of samples, RATE per second, which may exceed 1 until it is written. Pitches are in hertz; a pair
glides from the first to the second.
"""

from __future__ import annotations

import io
import math
import operator
import sys
import wave
from array import array
from collections.abc import Iterator, Sequence

RATE = 22_050
FULL = 32_767  # the largest 16-bit sample

Samples = list[float]
Glide = float | tuple[float, float]
Placed = tuple[float, float, Sequence[float]]
"""Start in seconds, gain, and the sound."""

PURE = (1.0,)
WARM = (1.0, 0.35, 0.12, 0.05)
BELL = (1.0, 0.0, 0.45, 0.0, 0.2, 0.0, 0.08)
BRASS = (1.0, 0.75, 0.55, 0.4, 0.28, 0.18, 0.1)


def tone(seconds: float, pitch: Glide, *, partials: Sequence[float] = PURE) -> Samples:
    """A steady tone: `partials` are the amplitudes of the pitch and its harmonics."""
    samples, phase = [], 0.0
    harmonics = [(number, amplitude) for number, amplitude in enumerate(partials, start=1) if amplitude]
    for hertz in _gliding(pitch, round(seconds * RATE)):
        phase += math.tau * hertz / RATE
        samples.append(sum(amplitude * math.sin(number * phase) for number, amplitude in harmonics))
    return samples


def noise(seconds: float, cutoff: Glide, *, seed: int = 1) -> Samples:
    """Low-pass filtered noise below `cutoff`, the same for the same seed."""
    samples, level, state = [], 0.0, seed
    for hertz in _gliding(cutoff, round(seconds * RATE)):
        # The generator from Numerical Recipes: small, and the same on every Python.
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFF
        level += (state / 0x8000_0000 - 1.0 - level) * (1.0 - math.exp(-math.tau * hertz / RATE))
        samples.append(level)
    return samples


def shaped(samples: Sequence[float], *, attack: float = 0.004, half_life: float = 0.1) -> Samples:
    """The sound with an envelope: it rises for `attack` seconds, then halves every `half_life`, and ends silent."""
    rise, fall, last = max(attack * RATE, 1.0), 0.5 ** (1.0 / (half_life * RATE)), len(samples)
    ending = min(0.01 * RATE, last / 4)
    shape, shaped_samples = 1.0, []
    for number, sample in enumerate(samples):
        shape *= fall
        shaped_samples.append(sample * shape * min(number / rise, (last - number) / ending, 1.0))
    return shaped_samples


def mixed(*parts: Placed) -> Samples:
    """Several sounds mixed, as long as the longest."""
    total = [0.0] * max(round(at * RATE) + len(samples) for at, _, samples in parts)
    for at, gain, samples in parts:
        _add(total, round(at * RATE), [gain * sample for sample in samples])
    return total


def add_wrapped(loop: Samples, part: Placed) -> None:
    """Add a sound, shorter than the loop, to it; what extends beyond the end wraps to the beginning."""
    at, gain, samples = part
    start = round(at * RATE) % len(loop)
    louder = [gain * sample for sample in samples]
    fits = len(loop) - start
    _add(loop, start, louder[:fits])
    _add(loop, 0, louder[fits:])


def _add(total: Samples, start: int, samples: Samples) -> None:
    end = start + len(samples)
    total[start:end] = map(operator.add, total[start:end], samples)


def to_wav(samples: Sequence[float], *, loudness: float = 0.8) -> bytes:
    """The WAV file, 16 bit and mono, whose loudest sample is `loudness` of full scale."""
    scale = FULL * loudness / max(map(abs, samples))
    numbers = array("h", [round(sample * scale) for sample in samples])
    if sys.byteorder == "big":
        numbers.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(numbers.tobytes())
    return file.getvalue()


def _gliding(pitch: Glide, count: int) -> Iterator[float]:
    """`count` pitches from the first to the second, in equal ratios."""
    first, last = pitch if isinstance(pitch, tuple) else (pitch, pitch)
    ratio = (last / first) ** (1.0 / max(count, 1))
    for _ in range(count):
        yield first
        first *= ratio

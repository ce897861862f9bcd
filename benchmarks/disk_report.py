"""The figures of reading and writing, as Markdown and as terminal output."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.disk import DiskFigures, Timing
from benchmarks.report import megabytes, table


def summary(figures: DiskFigures) -> str:
    """A line per way."""
    ways = [*figures.readings, *figures.writings]
    return "\n".join(
        f"{way.name}: {_per_line(way.seconds, way)} per line, {way.ratio:.2f} of intake's" for way in ways
    )


def markdown(figures: DiskFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. {figures.lines:,} lines, {megabytes(figures.bytes)}. "
        f"Medians of {figures.repeats} runs of each, alternating. Times are for one line; the ratio is of "
        "elapsed time, to that of the method in bold, which intake uses."
    )
    reading = _ways("Reading, from the kernel's cache", figures.readings)
    return "\n\n".join([setting, reading, _ways("Writing", figures.writings)])


def _ways(title: str, ways: Sequence[Timing]) -> str:
    rows = [
        [
            f"**{way.name}**" if way.chosen else way.name,
            f"{way.lines:,}",
            _per_line(way.seconds, way),
            _per_line(way.cpu_seconds, way),
            f"{way.ratio:,.2f}",
        ]
        for way in ways
    ]
    return table([title, "Lines", "Time", "CPU", "Ratio"], rows)


def _per_line(seconds: float, way: Timing) -> str:
    nanoseconds = seconds / way.lines * 1e9
    return f"{nanoseconds:,.0f} ns" if nanoseconds < 10_000 else f"{nanoseconds / 1_000:,.0f} µs"  # noqa: PLR2004  four figures

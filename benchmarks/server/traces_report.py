"""What tracing costs, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.report import table
from benchmarks.server.traces import OFF, TraceFigures

GOAL = 1.15


def summary(figures: TraceFigures) -> str:
    """A line per share."""
    plain = figures.by[OFF].server
    pages = [
        f"{name}: server {each.server:.2f} ms per page ({each.server / plain:.2f}x)"
        for name, each in figures.by.items()
    ]
    return "\n".join([*pages, _spans(figures)])


def markdown(figures: TraceFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. Pages of 50 of {figures.accounts:,} accounts by name, over 8 connections, "
        f"{figures.pages:,} pages each. Medians of {figures.repeats} interleaved runs. "
        f"Milliseconds of processor time per page, export included; the goal for 10 % is at most {GOAL}x."
    )
    plain = figures.by[OFF].server
    rows = [[name, f"{each.server:.2f}", f"{each.server / plain:.2f}x"] for name, each in figures.by.items()]
    return f"{setting}\n\n{_spans(figures)}\n\n{table(['Traces', 'Server, ms', 'Relative to none'], rows)}"


def _spans(figures: TraceFigures) -> str:
    cost = figures.span_microseconds
    theirs = cost["the SDK's"]
    return (
        f"A span that is thrown away costs {cost['thrown away']:.1f} microseconds, one that is kept {cost['kept']:.1f}, "
        f"one of the SDK {theirs:.1f}, kept or not ({theirs / cost['thrown away']:.1f} times the first)."
    )

"""The cost of the revenue figures, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.report import table
from benchmarks.revenue import RevenueFigures


def summary(figures: RevenueFigures) -> str:
    """A line for the rebuild, and one per endpoint."""
    lines = [
        (
            f"rebuild: {figures.rebuild_seconds:.1f} s of Postgres ({figures.facts:,} movements); "
            f"check against the rules: {figures.check_seconds:.1f} s of Python"
        )
    ]
    lines += [
        f"{each.path}, {each.period}: server {each.server:.1f} ms, Postgres {each.postgres:.1f} ms"
        for each in figures.endpoints
    ]
    return "\n".join(lines)


def markdown(figures: RevenueFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. {figures.subscriptions:,} subscriptions of {figures.accounts:,} accounts over five "
        f"years, {figures.facts:,} movements. Medians of {figures.repeats} runs, in processor "
        "time. The rebuild recalculates every movement under all policies, rolls it up and commits: "
        f"**{figures.rebuild_seconds:.1f} s** of Postgres. The check, which recalculates everything in Python, took "
        f"{figures.check_seconds:.1f} s and found no difference. Milliseconds per answer:"
    )
    rows = [
        [
            f"`{each.path}`",
            each.period,
            f"{each.server:.1f}",
            f"{each.postgres:.1f}",
            f"{each.server + each.postgres:.1f}",
        ]
        for each in figures.endpoints
    ]
    return f"{setting}\n\n{table(['Endpoint', 'Of', 'Server', 'Postgres', 'Both'], rows)}"

"""The figures of the HTTP intake, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.intake.http_intake import LOADS, HttpFigures, Load, Rate
from benchmarks.report import table, times

_NAMES = {"group": "shared by waiting requests", "each": "one per event"}


def summary(figures: HttpFigures) -> str:
    """A line per strategy and load."""
    return "\n".join(
        f"{_load(rate.load)}; commits {_NAMES[rate.commits]}: {rate.per_core_second:,.0f} events per core second"
        for rate in figures.rates
    )


def markdown(figures: HttpFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. Medians of {figures.repeats} runs of each, alternating. Events per core second count only "
        "the processor time of the server; the clients run on the same machine, so that events per second are fewer "
        "than it could accept."
    )
    headers = [
        "Load",
        "Commits",
        "Events sent",
        "Events per core second",
        "Events per second",
        "Ratio per core",
    ]
    rows = [_row(rate, figures) for load in LOADS for rate in figures.rates if rate.load == load]
    return f"{setting}\n\n{table(headers, rows)}"


def _row(rate: Rate, figures: HttpFigures) -> list[str]:
    each = next(other for other in figures.rates if other.load == rate.load and other.commits == "each")
    return [
        _load(rate.load),
        _NAMES[rate.commits],
        f"{rate.sent:,}",
        f"{rate.per_core_second:,.0f}",
        f"{rate.per_second:,.0f}",
        times(rate.per_core_second / each.per_core_second),
    ]


def _load(load: Load) -> str:
    events = "1 event" if load.events == 1 else f"{load.events} events"
    return f"{load.connections} connections, {events} per request"

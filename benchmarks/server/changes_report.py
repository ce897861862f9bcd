"""What the changes feed costs writers, as Markdown and as terminal output."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.report import table
from benchmarks.server.changes import SILENT, WITH, WITHOUT, WRITERS, ChangesFigures


def summary(figures: ChangesFigures) -> str:
    """A line per place."""
    return "\n".join(
        f"{place}: {_rates(rates)}, so {_cost(rates, WITH)} of a transaction without it"
        for place, rates in _places(figures).items()
    )


def markdown(figures: ChangesFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. {WRITERS} writers at once on a Postgres that syncs each commit; a transaction adds one "
        f"account and nothing else. Medians of {figures.repeats} interleaved runs of {figures.transactions:,} "
        "transactions; in brackets the duration relative to a transaction that no feed hears of."
    )
    rows = [
        [
            place,
            f"{rates[WITHOUT]:,.0f}",
            *(f"{rates[way]:,.0f} ({_cost(rates, way)})" for way in (SILENT, WITH)),
        ]
        for place, rates in _places(figures).items()
    ]
    headers = ["Transactions per second", "No feed", "Feed without NOTIFY", "Feed"]
    return f"{setting}\n\n{table(headers, rows)}"


def _places(figures: ChangesFigures) -> Mapping[str, Mapping[str, float]]:
    return {"All in one workspace": figures.one_workspace, "Each in its own": figures.own_workspaces}


def _rates(rates: Mapping[str, float]) -> str:
    return ", ".join(f"{way} {rate:,.0f}/s" for way, rate in rates.items())


def _cost(rates: Mapping[str, float], way: str) -> str:
    return f"{rates[WITHOUT] / rates[way]:.2f}x"

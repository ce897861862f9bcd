"""The cost of a page of accounts, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.report import table
from benchmarks.server.api import ApiFigures

_NAMES = {
    "keepwell": "Keepwell, API token",
    "keepwell, access token": "Keepwell, access token",
    "textbook": "FastAPI, SQLAlchemy ORM, uvicorn; API token",
}


def summary(figures: ApiFigures) -> str:
    """A line per server."""
    textbook = figures.by["textbook"].server
    return "\n".join(
        f"{_NAMES[name]}: server {each.server:.2f} ms per page (1/{textbook / each.server:.1f}), "
        f"Postgres {each.postgres:.2f} ms"
        for name, each in figures.by.items()
    )


def markdown(figures: ApiFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. Pages of 50 of {figures.accounts:,} accounts by name, over 8 connections, "
        f"{figures.pages:,} pages each. Medians of {figures.repeats} interleaved runs, both servers on one "
        "core with the client on the other; both return the same rows. Milliseconds of processor time per page."
    )
    textbook = figures.by["textbook"].server
    rows = [
        [_NAMES[name], f"{each.server:.2f}", f"1/{textbook / each.server:.1f}", f"{each.postgres:.2f}"]
        for name, each in figures.by.items()
    ]
    return f"{setting}\n\n{table(['Server', 'Server, ms', 'Relative to the textbook', 'Postgres, ms'], rows)}"

"""The cost of a page of accounts as Markdown and as lines for a terminal."""

from __future__ import annotations

from benchmarks.api import ApiFigures
from benchmarks.report import table

_NAMES = {
    "keepwell": "Keepwell, API token",
    "keepwell, access token": "Keepwell, access token",
    "textbook": "FastAPI, SQLAlchemy ORM, uvicorn; API token",
}


def summary(figures: ApiFigures) -> str:
    """A line for each server."""
    textbook = figures.by["textbook"].server
    return "\n".join(
        f"{_NAMES[name]}: server {each.server:.2f} ms a page (1/{textbook / each.server:.1f}), "
        f"Postgres {each.postgres:.2f} ms"
        for name, each in figures.by.items()
    )


def markdown(figures: ApiFigures) -> str:
    """The part of the report."""
    setting = (
        f"{figures.machine}. Pages of 50 of {figures.accounts:,} accounts by name, {figures.pages:,} pages on each of 8 "
        f"connections. Medians of {figures.repeats} interleaved runs, both servers on one core and the client on the "
        "other; both return the same rows. Milliseconds are processor time per page."
    )
    textbook = figures.by["textbook"].server
    rows = [
        [_NAMES[name], f"{each.server:.2f}", f"1/{textbook / each.server:.1f}", f"{each.postgres:.2f}"]
        for name, each in figures.by.items()
    ]
    return f"{setting}\n\n{table(['Server', 'Server, ms', 'Relative to the textbook', 'Postgres, ms'], rows)}"

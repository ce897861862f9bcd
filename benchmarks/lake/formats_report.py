"""The comparison of lake formats as Markdown and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.lake.formats import OURS, Cost, FormatFigures, LakeFigures
from benchmarks.lake.peers import PACKAGES
from benchmarks.report import megabytes, table, times

DECISION = Path(__file__).resolve().parents[2] / "docs" / "adr" / "0004-one-lake-two-engines.md"
_TITLES = {
    "append": "Append a segment",
    "append, last tenth": "the same, last tenth of the appends",
    "repeated append": "Append it again: no effect",
    "query of a day, before compaction": "Query a day",
    "compaction": "Compact, and remove what was replaced",
    "query of a day, after compaction": "Query a day, compacted",
    "erasure of one account": "Erase an account from every day",
}


def summary(figures: LakeFigures) -> str:
    """A line for each operation, with the ratio of each peer to ours."""
    ours = figures.formats[OURS]
    lines = []
    for label, title in _TITLES.items():
        cost = ours.costs[label]
        peers = ", ".join(
            f"{name} {times(each.costs[label].cpu / cost.cpu)}"
            for name, each in figures.formats.items()
            if name != OURS
        )
        lines.append(f"{title}: {_milliseconds(cost.cpu)} of processor; {peers}")
    return "\n".join(lines)


def markdown(figures: LakeFigures) -> str:
    """The part of the decision's record."""
    setting = (
        f"{figures.machine}. {figures.days} days, {figures.segments_per_day} segments a day of {figures.rows:,} "
        f"events, one in fifty a day late; {', '.join(name for some in PACKAGES.values() for name in some)}. "
        f"Processor time of one operation, then clock time; medians of {figures.repeats} runs, taken in turn. "
        "In parentheses: processor time relative to ours."
    )
    names = list(figures.formats)
    costs = [[title, *(_cost(figures, name, label) for name in names)] for label, title in _TITLES.items()]
    facts = [[title, *(fact(figures.formats[name]) for name in names)] for title, fact in _FACTS.items()]
    headings = ["", "Our manifest", *(name.capitalize() for name in names if name != OURS)]
    return f"{setting}\n\n{table(headings, costs)}\n\n{table(headings, facts)}"


def _cost(figures: LakeFigures, name: str, label: str) -> str:
    cost: Cost = figures.formats[name].costs[label]
    text = f"{_milliseconds(cost.cpu)}, {_milliseconds(cost.seconds)}"
    if name == OURS:
        return text
    return f"{text} ({times(cost.cpu / figures.formats[OURS].costs[label].cpu)})"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def _kilobytes(count: int) -> str:
    return f"{count / 1000:,.0f} kB"


def _crashes(figures: FormatFigures) -> str:
    crashes = figures.crashes
    is_exact = crashes.rows == crashes.distinct_rows == crashes.expected_rows and not crashes.unreadable
    return "no row lost or repeated" if is_exact else f"{crashes.rows:,} of {crashes.expected_rows:,} rows"


_FACTS: dict[str, Callable[[FormatFigures], str]] = {
    "Metadata after the appends": lambda each: _kilobytes(each.metadata_after_appends),
    "Metadata, compacted": lambda each: _kilobytes(each.metadata_after_compaction),
    "Data on disk, compacted": lambda each: megabytes(each.data_after_compaction),
    "Rows erased; copies of them still on disk": lambda each: (
        f"{each.rows_erased:,}; {each.rows_still_on_disk:,}"
    ),
    "Calls of fsync or fdatasync for an append": lambda each: (
        "not counted" if each.syncs_per_append is None else f"{each.syncs_per_append:.1f}"
    ),
    "After kill -9 during appends": _crashes,
    "Data files of no commit, left by the kills": lambda each: str(each.crashes.unnamed),
    "of those, after cleaning": lambda each: str(each.crashes.unnamed_after_cleaning),
    "A repeated segment is recognised": lambda each: "yes" if each.repeat_refused else "no",
    "DuckDB alone counts the rows": lambda each: "no: needs an extension" if each.duckdb_alone else "yes",
    "Packages it adds": lambda each: f"{each.packages}, {megabytes(each.package_bytes)}",
}

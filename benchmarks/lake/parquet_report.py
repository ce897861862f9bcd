"""The figures of writing Parquet, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.lake.parquet import ParquetFigures
from benchmarks.report import megabytes, seconds, table


def summary(figures: ParquetFigures) -> str:
    """A line per reader on the clean file."""
    return "\n".join(
        f"to Parquet by {name}: {seconds(cost.cpu_seconds)} of CPU, peak {megabytes(cost.peak_bytes)}"
        for name, cost in figures.costs.items()
    )


def markdown(figures: ParquetFigures) -> str:
    """The report's section."""
    return "\n\n".join([_costs(figures), _outcomes(figures)])


def _costs(figures: ParquetFigures) -> str:
    setting = (
        f"The same {figures.rows:,} rows without a malformed one, to Parquet and a DuckDB count of it; "
        f"medians of {figures.repeats} runs each, alternating. Only intake validates the rows, and makes each of its "
        "commits durable; the lake is sorted by sensor and time in files by day. If DuckDB follows intake, the memory "
        "is DuckDB's."
    )
    headers = ["Clean file", "CPU", "Time", "Peak memory"]
    rows = [
        [name, seconds(cost.cpu_seconds), seconds(cost.seconds), megabytes(cost.peak_bytes)]
        for name, cost in figures.costs.items()
    ]
    return f"{setting}\n\n{table(headers, rows)}"


def _outcomes(figures: ParquetFigures) -> str:
    headers = [
        "Malformed file",
        "Good rows",
        "Good rows not read",
        "Malformed rows counted as rows",
        "Message",
    ]
    rows = [
        [
            each.reader,
            f"{each.good:,}",
            f"{each.good_lost:,}",
            f"{each.malformed_kept:,}",
            each.error.replace("|", "\\|") or "none",
        ]
        for each in figures.outcomes
    ]
    kept = "Intake writes a dead letter with reason, position and row for each malformed one."
    return f"{table(headers, rows)}\n\n{kept}"

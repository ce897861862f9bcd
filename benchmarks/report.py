"""Markdown reports whose figures are written by the benchmark itself, between two markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from keepwell.platform.errors import DataValidationError

REPORTS = Path(__file__).resolve().parents[1] / "docs" / "operations"

_MEGA = 1_000_000


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    rule = ["---", *("---:" for _ in headers[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headers, rule, *rows))


def write_part(report: Path, name: str, *, text: str) -> None:
    """Replace the text between the markers of the section `name` in the file `report`.

    Raises CorruptData unless the file has exactly one such section.
    """
    begin, end = f"<!-- measured: {name} -->", f"<!-- end of {name} -->"
    before = report.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(before)) != 1:
        raise DataValidationError(
            f"{report.name} has no section between {begin} and {end}.",
            hint="Add the two markers where the figures belong and run the same command again.",
        )
    after = pattern.sub(lambda _: f"{begin}\n\n{text.strip()}\n\n{end}", before)
    report.write_text(after, encoding="utf-8")


def megabytes(count: int) -> str:
    """Bytes as megabytes of 1,000,000."""
    return f"{count / _MEGA:,.1f} MB"


def seconds(value: float) -> str:
    """Seconds with three significant figures, and at least two decimals below a hundred."""
    return f"{value:,.0f} s" if value >= 100 else f"{value:.2f} s"  # noqa: PLR2004  three figures


def times(ratio: float) -> str:
    """A ratio, such as 41.3x."""
    return f"{ratio:.1f}x"

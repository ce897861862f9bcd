"""Reads exchange rates from a CSV file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from keepwell.platform.errors import DataValidationError
from keepwell.platform.formats.csv_records import AnyRecord, BrokenRecord, CsvFile
from keepwell.revenue.rates.model import DatedRate, checked_rate

_COLUMNS = ("date", "currency", "rate")


def read_rates(path: Path, *, own: str, today: date) -> list[DatedRate]:
    """The rates in a CSV file with the columns date, currency, rate; raises DataValidationError with the line."""
    file = CsvFile(path)
    missing = [column for column in _COLUMNS if column not in file.header]
    if missing:
        raise DataValidationError(
            f"{path}: there is no column {missing[0]!r}.", hint=f"It needs {', '.join(_COLUMNS)}."
        )
    return [_rate(record, place=f"{path}:{record.line}", own=own, today=today) for record in file.records()]


def _rate(record: AnyRecord, *, place: str, own: str, today: date) -> DatedRate:
    if isinstance(record, BrokenRecord):
        raise DataValidationError(f"{place}: {record.reason}", hint="Correct the row.")
    code, day, number = (record.values[column].strip() for column in ("currency", "date", "rate"))
    try:
        return checked_rate(code, _day(day), number, own=own, today=today)
    except DataValidationError as error:
        raise DataValidationError(f"{place}: {error.message}", hint=error.hint) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DataValidationError(f"date: {text!r} is not a day such as 2026-01-31.") from None

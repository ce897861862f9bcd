"""Reads exchange rates from a CSV file."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from keepwell.platform.errors import DataValidationError
from keepwell.platform.formats.csv_records import AnyRecord, BrokenRecord, CsvFile
from keepwell.records.model import EARLIEST_DAY, LATEST_DAY
from keepwell.revenue.rates.model import DatedRate

_COLUMNS = ("date", "currency", "rate")
_CODE = re.compile("[A-Z]{3}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


def read_rates(path: Path, *, own: str) -> list[DatedRate]:
    """The rates in a CSV file with the columns date, currency, rate; raises DataValidationError with the line."""
    file = CsvFile(path)
    missing = [column for column in _COLUMNS if column not in file.header]
    if missing:
        raise DataValidationError(
            f"{path}: there is no column {missing[0]!r}.", hint=f"It needs {', '.join(_COLUMNS)}."
        )
    return [_rate(record, place=f"{path}:{record.line}", own=own) for record in file.records()]


def _rate(record: AnyRecord, *, place: str, own: str) -> DatedRate:
    if isinstance(record, BrokenRecord):
        raise DataValidationError(f"{place}: {record.reason}", hint="Correct the row.")
    code, day, number = (record.values[column].strip() for column in ("currency", "date", "rate"))
    if not _CODE.fullmatch(code):
        raise DataValidationError(f"{place}: currency: {code!r} is not a code such as EUR.")
    if code == own:
        raise DataValidationError(f"{place}: currency: {code} is the workspace's own; it is always worth 1.")
    if not _NUMBER.fullmatch(number) or not Decimal(number):
        raise DataValidationError(f"{place}: rate: {number!r} is not a number above zero, such as 1.0842.")
    return DatedRate(code, _day(day, place=place), Decimal(number))


def _day(text: str, *, place: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DataValidationError(f"{place}: date: {text!r} is not a day such as 2026-01-31.") from None
    if not EARLIEST_DAY < day < LATEST_DAY:
        raise DataValidationError(f"{place}: date: {day} is not between {EARLIEST_DAY} and {LATEST_DAY}.")
    return day

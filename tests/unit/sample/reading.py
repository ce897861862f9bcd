"""The sample's files as lists of rows, and its events in the form of the churn tests."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from keepwell.intake.model import Event
from keepwell.intake.schema.events import read_event

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def calls(folder: Path) -> Iterator[dict[str, Any]]:
    """Every call of a population's files, day by day."""
    for file in sorted((folder / "events").iterdir()):
        yield from map(msgspec.json.decode, file.read_bytes().splitlines())


def events(folder: Path) -> Iterator[Event]:
    """Every call of a population's files as intake reads it; a rejected call fails the test."""
    for file in sorted((folder / "events").iterdir()):
        for line in file.read_bytes().splitlines():
            event = read_event(line)
            assert isinstance(event, Event), event
            yield event


def event_rows(folder: Path) -> list[tuple[str, datetime, str]]:
    """Account, instant and name of each."""
    return [(each.context.group_id, each.timestamp, each.event) for each in events(folder)]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

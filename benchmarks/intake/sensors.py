"""The rows intake is measured with: sensors of a plant, some rows malformed. The same number gives the same bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

MALFORMED_EVERY = 1_000
# In the middle of each thousand, so that even a short file has one.
MALFORMED_AT = 500
_SEED = 7
_BEGINNING = datetime(2025, 10, 9, tzinfo=UTC)
_ROWS_AT_ONCE = 10_000

_UNITS = {"temp": "degC", "press": "kPa", "vib": "mm/s", "flow": "m3/h"}
_SENSORS = [
    (f"plant-{plant}/line-{line}/{kind}-{number:03d}", unit)
    for plant in range(4)
    for line in range(5)
    for kind, unit in _UNITS.items()
    for number in range(10)
]
_STATUSES = ("ok", "ok", "ok", "warn", "fault")

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A reading of a sensor",
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "ts", "sensor", "value", "unit", "status", "seq"],
    "properties": {
        "id": {"type": "string", "pattern": "^ev-[0-9]{10}$"},
        "ts": {"type": "string", "minLength": 20, "maxLength": 32},
        "sensor": {"type": "string", "minLength": 3, "maxLength": 64},
        "value": {"type": "number", "minimum": -1_000, "maximum": 100_000},
        "unit": {"enum": list(_UNITS.values())},
        "status": {"enum": ["ok", "warn", "fault"]},
        "seq": {"type": "integer", "minimum": 0},
        "site": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 8},
    },
}
# The same rows are valid, but two keywords are outside the subset with a compiled type.
ARBITRARY_SCHEMA: Mapping[str, Any] = {
    **SCHEMA,
    "dependentRequired": {"site": ["tags"]},
    "properties": {**SCHEMA["properties"], "tags": {**SCHEMA["properties"]["tags"], "uniqueItems": True}},
}


def cut_off(row: str) -> str:
    """A row whose writer crashed."""
    return row[: len(row) // 2]


def number_as_text(row: str) -> str:
    """A number in quotes."""
    before, value = row.split('"value":')
    number, after = value.split(",", 1)
    return f'{before}"value":"{number}",{after}'


def property_misspelt(row: str) -> str:
    """A required property under a wrong name."""
    return row.replace('"sensor":', '"sensr":')


def unknown_status(row: str) -> str:
    """A value outside the enum."""
    before, rest = row.split('"status":"')
    _, after = rest.split('"', 1)
    return f'{before}"status":"??"{after}'


def no_json(row: str) -> str:
    """A log line instead of JSON."""
    return f"WARN cannot write {row[7:20]}: buffer full"


MALFORMATIONS: Sequence[Callable[[str], str]] = (
    cut_off,
    number_as_text,
    property_misspelt,
    unknown_status,
    no_json,
)


def malformed(rows: int) -> int:
    """How many of the first `rows` rows are malformed."""
    return (rows + MALFORMED_EVERY - MALFORMED_AT - 1) // MALFORMED_EVERY


def sensor_rows(*, clean: bool = False) -> Iterator[str]:
    """Endless rows of about 180 bytes, without line feeds; one in a thousand is malformed unless `clean`."""
    rng, moment, number = random.Random(_SEED), _BEGINNING, 0  # noqa: S311  a benchmark must be repeatable
    while True:
        row, moment = _row(number, rng, moment)
        if number % MALFORMED_EVERY == MALFORMED_AT and not clean:
            row = MALFORMATIONS[number // MALFORMED_EVERY % len(MALFORMATIONS)](row)
        yield row
        number += 1


def write_rows(path: Path, rows: int, *, clean: bool = False) -> None:
    """Write the first `rows` rows to `path`, each with a line feed."""
    source = islice(sensor_rows(clean=clean), rows)
    with path.open("w", encoding="ascii", newline="\n") as file:
        while some := list(islice(source, _ROWS_AT_ONCE)):
            file.write("\n".join([*some, ""]))


def write_schema(path: Path, schema: Mapping[str, Any]) -> Path:
    """Write `schema` to `path`, and return the path."""
    path.write_text(json.dumps(schema, indent=2), encoding="ascii")
    return path


def _row(number: int, rng: random.Random, moment: datetime) -> tuple[str, datetime]:
    # Only random() is guaranteed to stay the same across Python versions.
    draw = rng.random
    moment += timedelta(milliseconds=1 + int(draw() * 19))
    sensor, unit = _SENSORS[int(draw() * len(_SENSORS))]
    status = _STATUSES[int(draw() * len(_STATUSES))]
    row = (
        f'{{"id":"ev-{number:010d}","ts":"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",'
        f'"sensor":"{sensor}","value":{draw() * 450 - 50:.4f},"unit":"{unit}","status":"{status}",'
        f'"seq":{number & 0xFFFF},"site":"de-{int(draw() * 50):02d}",'
        f'"tags":["a{number % 7}","b{number % 13}"]}}'
    )
    return row, moment

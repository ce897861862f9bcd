"""Intake folders of sensor rows, and the lakes that are built from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from keepwell.intake.files import Fs
from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import Options
from keepwell.intake.follow.tail import Tail
from keepwell.intake.lake.build import build, seal
from keepwell.intake.lake.kinds import kind_of
from keepwell.intake.lake.location import LakeLocation
from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.lake.query import query, readable
from keepwell.intake.schema.validation import compile_schema
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.sample_events import CLOCK

SENSOR = {
    "type": "object",
    "required": ["sensor"],
    "properties": {
        "sensor": {"type": "string"},
        "at": {"type": "string"},
        "value": {"type": ["number", "null"]},
        "count": {"type": "integer"},
        "ok": {"type": "boolean"},
        "state": {"enum": ["up", "down"]},
        "tags": {"type": "array"},
    },
}


class SensorHome:
    """A folder that rows are tailed into, and its lake."""

    def __init__(self, folder: Path, *, schema: Any = SENSOR) -> None:
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.place = LakeLocation(folder / "intake", folder / "lake")
        self._schema = compile_schema(msgspec.json.encode(schema), place="sensor.schema.json")

    def accept(self, *rows: bytes | dict[str, Any], name: str = "sensors.jsonl") -> None:
        self.follow(*rows, name=name)
        seal(self.place, clock=CLOCK)

    def follow(self, *rows: bytes | dict[str, Any], name: str = "sensors.jsonl") -> None:
        """Append rows to a file and read them; the segment stays open."""
        with (self.logs / name).open("ab") as file:
            for row in rows:
                file.write((row if isinstance(row, bytes) else msgspec.json.encode(row)) + b"\n")
        with Tail.open(
            self.place.intake_root,
            [str(self.logs / "*")],
            schema=self._schema,
            clock=CLOCK,
            options=Options(watcher=TailMetrics()),
        ) as tail:
            tail.poll(is_last=True)

    def build(
        self, *, key: str | None = "sensor", time: str | None = "at", files: Fs | None = None
    ) -> LakeBuildResult:
        place = LakeLocation(self.place.intake_root, self.place.lake, files=files)
        return build(place, kind_of(place, key=key, time=time), progress=SilentProgress())

    def query(self, sql: str) -> Sequence[dict[str, Any]]:
        return [row for batch in query(self.place.lake, sql) for row in readable(batch).to_pylist()]

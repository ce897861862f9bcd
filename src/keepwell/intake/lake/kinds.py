"""The kind of rows in a journal: Segment events, or rows of the schemas that its state keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from typing import Protocol

from keepwell.intake.journal.folders import journal_folders
from keepwell.intake.lake.columns.rows import RowShape, plain_fields
from keepwell.intake.lake.columns.shape import EventShape, Shape
from keepwell.intake.lake.location import LakeLocation
from keepwell.intake.lake.manifest import EVENT_ORDER, SHAPES, Manifest, read_manifest
from keepwell.intake.model import ACCEPTED, Segment
from keepwell.intake.store import STATE_FILE, State
from keepwell.platform.errors import DataValidationError, NotFound


class LakeKind(Protocol):
    """How each segment of a journal becomes part of a lake."""

    @property
    def empty(self) -> Manifest:
        """The manifest of an empty lake of this kind."""
        ...

    def shape_of(self, state: State, segment: Segment) -> Shape:
        """How the rows of `segment` become columns."""
        ...


class EventKind:
    """Segment events."""

    empty = Manifest(kind="events", key=EVENT_ORDER[0], time=EVENT_ORDER[1], shape=SHAPES["events"])

    def shape_of(self, state: State, segment: Segment) -> Shape:  # noqa: ARG002  the protocol's signature
        """All events have the same shape."""
        return EventShape()


EVENTS = EventKind()


class RowKind:
    """Rows, each segment of one schema, sorted by the field `key` and dated by the field `time`."""

    def __init__(self, *, key: str | None, time: str | None) -> None:
        self.empty = Manifest(kind="rows", key=key, time=time, shape=SHAPES["rows"])
        self._shapes: dict[str, RowShape] = {}

    def shape_of(self, state: State, segment: Segment) -> Shape:
        """The columns of the segment's schema; raises DataValidationError if the schema is unknown."""
        schema_id = segment.schema_id or ""
        if schema_id not in self._shapes:
            text = state.schema(schema_id)
            if text is None:
                raise DataValidationError(
                    f"{segment.sealed_name}: the schema of its rows is unknown.",
                    hint="Read the rows with `keepwell tail --schema`.",
                )
            self._shapes[schema_id] = RowShape(json.loads(text), key=self.empty.key, time=self.empty.time)
        return self._shapes[schema_id]


def kind_of(location: LakeLocation, *, key: str | None = None, time: str | None = None) -> LakeKind:
    """Rows if a segment was validated by a schema of its own, otherwise events.

    By default, rows are sorted and dated by the fields that the lake has already. Raises NotFound for a
    folder without a journal, DataValidationError for a key or a time of events, which have their own, or one that
    no schema has as a field of one plain type.
    """
    manifest = read_manifest(location.storage())
    if manifest is None and not journal_folders(location.intake_root):
        raise NotFound(
            f"{location.intake_root} has no {STATE_FILE}.",
            hint="Name the folder given to `tail --into`, or send events to the workspace first.",
        )
    if manifest is not None and manifest.kind == "rows" and not key and not time:
        return RowKind(key=manifest.key, time=manifest.time)
    if schemas := _schemas(location):
        _require_fields(schemas, key=key, time=time)
        return RowKind(key=key, time=time)
    if key or time:
        raise DataValidationError(
            "Events are sorted by account and dated by their timestamp.", hint="Leave out --key and --time."
        )
    return EVENTS


def _require_fields(schemas: Sequence[str], *, key: str | None, time: str | None) -> None:
    plain = dict.fromkeys(field for text in schemas for field in plain_fields(json.loads(text)))
    for option, name in (("--key", key), ("--time", time)):
        if name is not None and name not in plain:
            raise DataValidationError(
                f"{option} {name}: the schema has no such field of one plain type.",
                hint=f"It has: {', '.join(plain) or 'none'}.",
            )


def _schemas(location: LakeLocation) -> Sequence[str]:
    """The text of each schema that rows of the journals were validated by."""
    found: dict[str, None] = {}
    for folder in journal_folders(location.intake_root).values():
        with closing(State(folder)) as state:
            ids = {segment.schema_id for segment in state.segments(ACCEPTED)}
            found |= {text: None for each in sorted(filter(None, ids)) if (text := state.schema(each))}
    return list(found)

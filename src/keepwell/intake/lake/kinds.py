"""What the rows of a journal are: Segment events, or rows of the schemas that its state keeps."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Protocol

from keepwell.intake.lake.location import Place
from keepwell.intake.lake.manifest import EVENT_ORDER, Manifest, read_manifest
from keepwell.intake.lake.rows import RowShape
from keepwell.intake.lake.shape import EventShape, Shape
from keepwell.intake.model import ACCEPTED, Segment
from keepwell.intake.store import STATE_FILE, State, has_state
from keepwell.platform.errors import DataValidationError, NotFound


class Form(Protocol):
    """The shape of each segment of a journal, and the lake that they make."""

    @property
    def empty(self) -> Manifest:
        """The manifest of a lake of such rows that holds nothing yet."""
        ...

    def shape_of(self, state: State, segment: Segment) -> Shape:
        """How the rows of `segment` become columns."""
        ...


class EventForm:
    """Segment events."""

    empty = Manifest(kind="events", key=EVENT_ORDER[0], time=EVENT_ORDER[1])

    def shape_of(self, state: State, segment: Segment) -> Shape:  # noqa: ARG002  the protocol's signature
        """The one shape of events."""
        return EventShape()


EVENTS = EventForm()


class RowForm:
    """Rows, each segment of one schema, sorted by the field `key` and dated by the field `time`."""

    def __init__(self, *, key: str | None, time: str | None) -> None:
        self.empty = Manifest(kind="rows", key=key, time=time)
        self._shapes: dict[str, RowShape] = {}

    def shape_of(self, state: State, segment: Segment) -> Shape:
        """The columns of the segment's schema; raises DataValidationError where none is kept of it."""
        schema_id = segment.schema_id or ""
        if schema_id not in self._shapes:
            text = state.schema(schema_id)
            if text is None:
                raise DataValidationError(
                    f"{segment.sealed_name}: nothing says by which schema its rows were judged.",
                    hint="Take the rows in with `keepwell tail --schema`.",
                )
            self._shapes[schema_id] = RowShape(json.loads(text), key=self.empty.key, time=self.empty.time)
        return self._shapes[schema_id]


def form_of(place: Place, *, key: str | None = None, time: str | None = None) -> Form:
    """Rows, where a segment was judged by a schema of its own, and events where none was.

    Rows are sorted and dated by the fields that the lake has already, where none are given. Raises
    NotFound for a folder that nothing was taken into, DataValidationError for a key or a time of events,
    which have their own.
    """
    manifest = read_manifest(place.folder())
    if not has_state(place.intake_root) and manifest is None:
        raise NotFound(
            f"{place.intake_root} holds no {STATE_FILE}.", hint="Name the folder that rows were taken into."
        )
    if manifest is not None and manifest.kind == "rows" and not key and not time:
        return RowForm(key=manifest.key, time=manifest.time)
    if _has_schemas(place):
        return RowForm(key=key, time=time)
    if key or time:
        raise DataValidationError(
            "Events are sorted by account and dated by their timestamp.", hint="Leave out --key and --time."
        )
    return EVENTS


def _has_schemas(place: Place) -> bool:
    with closing(State(place.intake_root)) as state:
        return any(segment.schema_id for segment in state.segments(ACCEPTED))

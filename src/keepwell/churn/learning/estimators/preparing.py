"""Learns a preparation from a table. Needs numpy (the extra `churn`)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.fitted.compiled import signed_logs
from keepwell.churn.learning.fitted.preparation import Preparation, PreparedInput

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector
    from keepwell.churn.learning.examples import ExampleTable

# An input that varies by less, relative to its size, is a constant with rounding errors: divided by them, the next value explodes.
_LEAST_RELATIVE_SCALE = 1e-9
_NAMED_BY_WORKSPACE = ("event", "plan")
# Of so few rows, nothing can be learnt from a value being unknown.
_FEWEST_MARKED = 10


def preparation_of(table: ExampleTable, columns: Collection[str]) -> Preparation:
    """The ranges, means and scales of those of the table's columns that are in `columns`; those that never vary are left out.

    Columns that are unknown in the same rows, such as all of an account without events, share one mark. Columns of one sort, such
    as the counts of ten kinds of event, are scaled so that together they vary as much as one column of another sort.
    """
    np = numpy()
    inputs: list[PreparedInput] = []
    marked: set[bytes] = set()
    for name, values in zip(table.names, table.inputs.T, strict=True):
        if name not in columns:
            continue
        column = np.ascontiguousarray(values)
        unknown = np.isnan(column)
        value = _known_value(name, column[~unknown])
        inputs += [] if value is None else [value]
        if unknown.tobytes() not in marked and _tells_apart(unknown):
            inputs.append(_mark(name, unknown))
            marked.add(unknown.tobytes())
    return Preparation(names=list(table.names), inputs=_alike(inputs))


def sort_of(each: PreparedInput) -> tuple[str, ...]:
    """What the inputs that differ only in a name of the workspace's own have in common: a plan's, or that of a kind of event."""
    kind, _, rest = each.name.partition(":")
    if each.marks_unknown or kind not in _NAMED_BY_WORKSPACE:
        return each.name, str(each.marks_unknown)
    return kind, rest.rpartition(":")[2] if kind == "event" else ""


def _alike(inputs: Sequence[PreparedInput]) -> list[PreparedInput]:
    sizes = Counter(map(sort_of, inputs))
    return [
        msgspec.structs.replace(each, scale=each.scale * math.sqrt(sizes[sort_of(each)])) for each in inputs
    ]


def _known_value(name: str, known: Vector) -> PreparedInput | None:
    if not len(known):
        return None
    logs = signed_logs(known)
    mean, scale = float(logs.mean()), float(logs.std())
    if scale <= _LEAST_RELATIVE_SCALE * abs(mean):
        return None
    return PreparedInput(name=name, low=float(known.min()), high=float(known.max()), mean=mean, scale=scale)


def _tells_apart(unknown: Mask) -> bool:
    return min(int(unknown.sum()), int((~unknown).sum())) >= _FEWEST_MARKED


def _mark(name: str, unknown: Mask) -> PreparedInput:
    return PreparedInput(
        name=name,
        low=0.0,
        high=1.0,
        mean=float(unknown.mean()),
        scale=float(unknown.std()),
        marks_unknown=True,
    )

"""Reads a request for inference: JSON, and binary tensors behind it; every number is checked before anything is computed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

import msgspec
import numpy as np

from keepwell.churn.inference.model import (
    CONTRIBUTIONS,
    MOST_EXPLAINED,
    MOST_TEXT,
    PROBABILITY,
    ROWS,
    BadTensor,
    TooManyRows,
)
from keepwell.churn.inference.tensors import (
    LIST_HINT,
    LONGEST_NAME,
    BinaryPart,
    Numbers,
    Tensor,
    numbers_of,
    refuse,
    rows_of,
)

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix

# From here on, what takes longest is refused: everybody else waits while a text is read.
_LONG = 200_000
_OTHER_OBJECTS = 100


class OutputParameters(msgspec.Struct, frozen=True):
    """Whether an output is wanted behind the JSON; None as the request says for all."""

    binary_data: bool | None = None


class WantedOutput(msgspec.Struct, frozen=True):
    """An output that was asked for."""

    name: str
    parameters: OutputParameters = OutputParameters()


class RequestParameters(msgspec.Struct, frozen=True):
    """What counts for all outputs."""

    binary_data_output: bool = False


class Sent(msgspec.Struct, frozen=True):
    """The JSON of a request."""

    inputs: list[Tensor]
    id: str | None = None
    outputs: list[WantedOutput] | None = None
    parameters: RequestParameters = RequestParameters()


class InferenceRequest(msgspec.Struct, frozen=True):
    """What a request asks: the rows in the model's order of columns, and the outputs with whether each is wanted as binary."""

    rows: Matrix
    outputs: Mapping[str, bool]
    id: str | None


_SENT = msgspec.json.Decoder(Sent)


def read_request(
    body: bytes,
    *,
    header_length: str | None,
    places: Mapping[str, int],
    takes_rows: bool,
) -> InferenceRequest:
    """What `body` asks of a model with columns at these `places`.

    `header_length` is the Inference-Header-Content-Length, None without one. Whole rows are taken if `takes_rows`. Raises BadTensor
    and TooManyRows, whose message names the tensor.
    """
    text, binary = _parts(body, header_length)
    if len(text) > _LONG:
        _require_few_objects(text, columns=len(places))
    sent = _sent(text)
    rest = BinaryPart(binary)
    named = len(sent.inputs) != 1 or sent.inputs[0].name != ROWS or ROWS in places
    rows = (
        _columns(sent.inputs, rest, places=places)
        if named
        else _rows(sent.inputs[0], rest, places=places, takes_rows=takes_rows)
    )
    rest.require_end()
    if np.isinf(rows).any():
        _refuse_infinity(rows, list(places))
    return InferenceRequest(rows, _outputs(sent, rows=len(rows)), sent.id)


def _parts(body: bytes, header_length: str | None) -> tuple[bytes, memoryview]:
    if header_length is None:
        text, binary = body, memoryview(b"")
    else:
        if not (header_length.isascii() and header_length.isdecimal() and len(header_length) < 12):  # noqa: PLR2004
            raise BadTensor("Inference-Header-Content-Length: it is not a number of bytes.")
        length = int(header_length)
        if length > len(body):
            raise BadTensor(
                f"Inference-Header-Content-Length: {length} is more than the body, which has {len(body)} bytes.",
                hint="Send as many bytes as the headers say.",
            )
        text, binary = body[:length], memoryview(body)[length:]
    if len(text) > MOST_TEXT:
        raise TooManyRows(
            f"The JSON has {len(text):,} bytes, and at most {MOST_TEXT:,} are read.",
            hint="Send the numbers as binary tensors, or in several requests.",
        )
    return text, binary


def _require_few_objects(text: bytes, *, columns: int) -> None:
    """Raise BadTensor if the text has so many objects that they cannot be tensors: each takes a thousand times as long as a number."""
    if text.count(b"{") > 4 * columns + _OTHER_OBJECTS:
        raise BadTensor(f"inputs: the model has {columns} inputs, and these are many more.", hint=LIST_HINT)


def _sent(text: bytes) -> Sent:
    try:
        try:
            return _SENT.decode(text)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            if b"NaN" not in text:
                raise
            if len(text) > _LONG:
                raise ValueError(
                    f"beyond {_LONG:,} bytes, NaN is not read; send null, or binary tensors"
                ) from None
            return _SENT.decode(_with_nulls(text))
    except msgspec.ValidationError as error:
        raise BadTensor(f"The request: {error}.", hint="docs/scoring.md shows one.") from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadTensor(f"The body is not JSON: {reason}.", hint="docs/scoring.md shows one.") from None


def _with_nulls(text: bytes) -> bytes:
    """The JSON with null for the NaN that Python's encoders write; raises ValueError for an infinity."""
    return msgspec.json.encode(json.loads(text, parse_constant=_constant))


def _constant(name: str) -> None:
    if name != "NaN":
        raise ValueError(f"{name} is not a number that can be scored")


def _columns(inputs: Sequence[Tensor], rest: BinaryPart, *, places: Mapping[str, int]) -> Matrix:
    """The rows of one tensor for each column."""
    if not inputs:
        raise BadTensor("inputs: there are none.", hint=LIST_HINT)
    count = rows_of(inputs[0], width=1)
    columns: list[Numbers] = [()] * len(places)
    missing = dict(places)
    for each in inputs:
        place = missing.pop(each.name, None)
        if place is None:
            reason = "it is there twice" if each.name in places else "the model has no such input"
            refuse(each, reason, hint=LIST_HINT)
        if rows_of(each, width=1) != count:
            refuse(each, f"it has {each.shape[0]} rows, and {inputs[0].name[:LONGEST_NAME]} has {count}")
        columns[place] = numbers_of(each, rest, count=count)
    if missing:
        names = ", ".join(sorted(missing)[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004
        raise BadTensor(
            f"inputs: {names}{more} not sent.",
            hint="Send null, or NaN, for what is not known. A new version may have other columns: /versions/N keeps its own.",
        )
    return np.ascontiguousarray(np.array(columns, dtype=np.float64).T)


def _rows(tensor: Tensor, rest: BinaryPart, *, places: Mapping[str, int], takes_rows: bool) -> Matrix:
    """The rows of one tensor with all columns."""
    if not takes_rows:
        raise BadTensor(
            "rows: the newest version may be replaced by one with other columns at any time.",
            hint="Send one tensor for each column by its name, or `rows` to /v2/models/churn/versions/N/infer.",
        )
    width = len(places)
    count = rows_of(tensor, width=width)
    numbers = numbers_of(tensor, rest, count=count * width)
    return np.array(numbers, dtype=np.float64).reshape(count, width)


def _outputs(sent: Sent, *, rows: int) -> Mapping[str, bool]:
    usual = sent.parameters.binary_data_output
    if not sent.outputs:
        return {PROBABILITY: usual}
    wanted = {
        each.name: usual if each.parameters.binary_data is None else each.parameters.binary_data
        for each in sent.outputs
    }
    unknown = next((name for name in wanted if name not in {PROBABILITY, CONTRIBUTIONS}), None)
    if unknown is not None:
        raise BadTensor(f"outputs: the model has no {unknown[:LONGEST_NAME]!r}.", hint=LIST_HINT)
    if CONTRIBUTIONS in wanted and rows > MOST_EXPLAINED:
        raise TooManyRows(
            f"{CONTRIBUTIONS}: at most {MOST_EXPLAINED:,} rows are explained at once, not {rows:,}.",
            hint="Send several requests.",
        )
    return wanted


def _refuse_infinity(rows: Matrix, columns: Sequence[str]) -> NoReturn:
    row, column = np.argwhere(np.isinf(rows))[0].tolist()
    sign = "-" if math.copysign(1, rows[row, column]) < 0 else ""
    raise BadTensor(
        f"{columns[column]}: row {row} is {sign}infinite.", hint="Send null, or NaN, for what is not known."
    )

"""Reads a request for inference: JSON, and binary tensors behind it; every number is checked before anything is computed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import msgspec
import numpy as np

from keepwell.churn.inference.model import (
    BYTES_OF_A_NUMBER,
    CONTRIBUTIONS,
    MOST_EXPLAINED,
    MOST_ROWS,
    MOST_TEXT,
    NUMBERS,
    PROBABILITY,
    ROWS,
    BadTensor,
    TooManyRows,
)

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

_LONGEST_NAME = 100
# Enough to see whether data are nested, whatever white space is before them.
_BEGINNING = 64
_Flat: TypeAlias = list[float | None]


_ABSENT = msgspec.Raw(b"")


class TensorParameters(msgspec.Struct, frozen=True):
    """What says where a tensor's data are: behind the JSON, if they have a size there."""

    binary_data_size: int | None = None
    shared_memory_region: str | None = None


class Tensor(msgspec.Struct, frozen=True):
    """An input as it was sent; its data are read once its shape is known."""

    name: str
    shape: list[int]
    datatype: str
    data: msgspec.Raw = _ABSENT
    parameters: TensorParameters = TensorParameters()


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
_FLAT = msgspec.json.Decoder(_Flat)
_NESTED = msgspec.json.Decoder(list[_Flat])


class _Body:
    """A request's binary part, taken piece by piece."""

    def __init__(self, binary: memoryview) -> None:
        self._rest = binary

    def take(self, tensor: Tensor, *, count: int) -> Vector:
        size = tensor.parameters.binary_data_size
        if size != count * BYTES_OF_A_NUMBER:
            _refuse(
                tensor, f"binary_data_size is {size}, and its shape makes {count * BYTES_OF_A_NUMBER} bytes"
            )
        if len(self._rest) < size:
            _refuse(tensor, f"binary_data_size is {size}, and {len(self._rest)} bytes are left of the body")
        taken, self._rest = self._rest[:size], self._rest[size:]
        return np.frombuffer(taken, dtype="<f8")

    def require_end(self) -> None:
        if len(self._rest):
            raise BadTensor(
                f"The body has {len(self._rest)} bytes more than its tensors.",
                hint="Say in binary_data_size of each input how many bytes of the binary part are its own.",
            )


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
    sent = _sent(text)
    rest = _Body(binary)
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


def _sent(text: bytes) -> Sent:
    try:
        try:
            return _SENT.decode(text)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            if b"NaN" not in text:
                raise
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


def _columns(inputs: Sequence[Tensor], rest: _Body, *, places: Mapping[str, int]) -> Matrix:
    """The rows of one tensor for each column."""
    if not inputs:
        raise BadTensor("inputs: there are none.", hint=_LIST)
    count = _count(inputs[0], width=1)
    columns: list[Sequence[float | None] | Vector] = [()] * len(places)
    missing = dict(places)
    for each in inputs:
        place = missing.pop(each.name, None)
        if place is None:
            reason = "it is there twice" if each.name in places else "the model has no such input"
            _refuse(each, reason, hint=_LIST)
        if _count(each, width=1) != count:
            _refuse(each, f"it has {each.shape[0]} rows, and {inputs[0].name[:_LONGEST_NAME]} has {count}")
        columns[place] = _numbers(each, rest, count=count)
    if missing:
        names = ", ".join(sorted(missing)[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004
        raise BadTensor(
            f"inputs: {names}{more} not sent.",
            hint="Send null, or NaN, for what is not known. A new version may have other columns: /versions/N keeps its own.",
        )
    return np.ascontiguousarray(np.array(columns, dtype=np.float64).T)


def _rows(tensor: Tensor, rest: _Body, *, places: Mapping[str, int], takes_rows: bool) -> Matrix:
    """The rows of one tensor with all columns."""
    if not takes_rows:
        raise BadTensor(
            "rows: the newest version may be replaced by one with other columns at any time.",
            hint="Send one tensor for each column by its name, or `rows` to /v2/models/churn/versions/N/infer.",
        )
    width = len(places)
    count = _count(tensor, width=width)
    numbers = _numbers(tensor, rest, count=count * width)
    return np.array(numbers, dtype=np.float64).reshape(count, width)


def _count(tensor: Tensor, *, width: int) -> int:
    """The number of rows that the shape names; [n] and [n, 1] are both a column."""
    shape = tensor.shape
    is_fitting = shape[1:] == [width] if tensor.name == ROWS and width != 1 else shape[1:] in ([], [1])
    wanted = f"[rows, {width}]" if tensor.name == ROWS else "[rows]"
    if not shape or not is_fitting or shape[0] < 1:
        _refuse(
            tensor, f"its shape is {str(shape)[:_LONGEST_NAME]}, and the model takes {wanted}", hint=_LIST
        )
    if shape[0] > MOST_ROWS:
        raise TooManyRows(
            f"{tensor.name[:_LONGEST_NAME]}: it has {str(shape[0])[:_LONGEST_NAME]} rows, and at most {MOST_ROWS:,} are answered.",
            hint="Send several requests.",
        )
    return shape[0]


def _numbers(tensor: Tensor, rest: _Body, *, count: int) -> Sequence[float | None] | Vector:
    if tensor.datatype != NUMBERS:
        _refuse(tensor, f"its datatype is {tensor.datatype[:_LONGEST_NAME]!r}, and the model takes {NUMBERS}")
    if tensor.parameters.shared_memory_region is not None:
        _refuse(tensor, "shared memory is not an extension of this server")
    if tensor.parameters.binary_data_size is not None:
        if tensor.data is not _ABSENT:
            _refuse(tensor, "it has data in the JSON and behind it")
        return rest.take(tensor, count=count)
    if tensor.data is _ABSENT:
        _refuse(tensor, "it has no data")
    values = _flat(tensor, tensor.data)
    if len(values) != count:
        _refuse(tensor, f"it has {len(values)} numbers, and its shape {tensor.shape} makes {count}")
    return values


def _flat(tensor: Tensor, data: msgspec.Raw) -> _Flat:
    """The numbers of flat or nested data, row by row; None is unknown."""
    try:
        if len(tensor.shape) == 1 or not bytes(memoryview(data)[1:_BEGINNING]).lstrip().startswith(b"["):
            return _FLAT.decode(data)
        nested = _NESTED.decode(data)
    except msgspec.MsgspecError as error:
        _refuse(tensor, f"data: {error}")
    if len({len(each) for each in nested}) > 1 or len(nested) != tensor.shape[0]:
        _refuse(tensor, f"its rows do not have the shape {tensor.shape}")
    return [number for row in nested for number in row]


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
        raise BadTensor(f"outputs: the model has no {unknown[:_LONGEST_NAME]!r}.", hint=_LIST)
    if CONTRIBUTIONS in wanted and rows > MOST_EXPLAINED:
        raise TooManyRows(
            f"{CONTRIBUTIONS}: at most {MOST_EXPLAINED:,} rows are explained at once, not {rows:,}.",
            hint="Send several requests.",
        )
    return wanted


_LIST = "GET /v2/models/churn lists the tensors."


def _refuse(tensor: Tensor, reason: str, *, hint: str = "docs/scoring.md shows a request.") -> NoReturn:
    raise BadTensor(f"{tensor.name[:_LONGEST_NAME]}: {reason}.", hint=hint)


def _refuse_infinity(rows: Matrix, columns: Sequence[str]) -> NoReturn:
    row, column = np.argwhere(np.isinf(rows))[0].tolist()
    sign = "-" if math.copysign(1, rows[row, column]) < 0 else ""
    raise BadTensor(
        f"{columns[column]}: row {row} is {sign}infinite.", hint="Send null, or NaN, for what is not known."
    )

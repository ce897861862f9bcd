"""The tensors of a request: their shapes, and the numbers that are theirs in the JSON or behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeAlias

import msgspec
import numpy as np

from keepwell.churn.inference.model import BYTES_OF_A_NUMBER, MOST_ROWS, NUMBERS, ROWS, BadTensor, TooManyRows

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector

LIST_HINT = "GET /v2/models/churn lists the tensors."
LONGEST_NAME = 100
# Enough to see whether data are nested, whatever white space is before them.
_BEGINNING = 64
# More than any tensor has; the text of a long shape would be made for its refusal.
_MOST_DIMENSIONS = 8
_ABSENT = msgspec.Raw(b"")
# A double has 24 at most; the others are white space.
_LONGEST_NUMBER = 200
# Near both ends of what a double can be, reading one number takes as long as reading a thousand others.
_EXTREME = re.compile(rb"[eE][+-]?[0-9]{3}")
_MOST_EXTREME = 1_000
_Flat: TypeAlias = list[float | None]
# A column: numbers, or None for what is unknown.
Numbers: TypeAlias = "Sequence[float | None] | Vector"


class TensorParameters(msgspec.Struct, frozen=True):
    """What says where a tensor's data are: behind the JSON, if they have a size there."""

    binary_data_size: int | None = None
    shared_memory_region: str | None = None


class Tensor(msgspec.Struct, frozen=True):
    """An input as it was sent; its data are read once its shape is known."""

    name: str
    shape: Annotated[list[int], msgspec.Meta(max_length=_MOST_DIMENSIONS)]
    datatype: str
    data: msgspec.Raw = _ABSENT
    parameters: TensorParameters = TensorParameters()


_FLAT = msgspec.json.Decoder(_Flat)
_NESTED = msgspec.json.Decoder(list[_Flat])
# A fifth of the time: tuples of one are not tracked by the garbage collector.
_NESTED_COLUMN = msgspec.json.Decoder(list[tuple[float | None]])


class BinaryPart:
    """A request's binary part, taken piece by piece."""

    def __init__(self, binary: memoryview) -> None:
        self._rest = binary

    def take(self, tensor: Tensor, *, count: int) -> Vector:
        """The next `count` numbers, if they are as many bytes as the tensor says; raises BadTensor."""
        size = tensor.parameters.binary_data_size
        if size != count * BYTES_OF_A_NUMBER:
            refuse(
                tensor, f"binary_data_size is {size}, and its shape makes {count * BYTES_OF_A_NUMBER} bytes"
            )
        if len(self._rest) < size:
            refuse(tensor, f"binary_data_size is {size}, and {len(self._rest)} bytes are left of the body")
        taken, self._rest = self._rest[:size], self._rest[size:]
        return np.frombuffer(taken, dtype="<f8")

    def require_end(self) -> None:
        """Raise BadTensor if bytes are left."""
        if len(self._rest):
            raise BadTensor(
                f"The body has {len(self._rest)} bytes more than its tensors.",
                hint="Say in binary_data_size of each input how many bytes of the binary part are its own.",
            )


def rows_of(tensor: Tensor, *, width: int) -> int:
    """The number of rows that the shape names, of `width` numbers each; [n] and [n, 1] are both a column. Raises BadTensor."""
    shape = tensor.shape
    is_fitting = shape[1:] == [width] if tensor.name == ROWS and width != 1 else shape[1:] in ([], [1])
    wanted = f"[rows, {width}]" if tensor.name == ROWS else "[rows]"
    if not shape or not is_fitting or shape[0] < 1:
        refuse(
            tensor, f"its shape is {str(shape)[:LONGEST_NAME]}, and the model takes {wanted}", hint=LIST_HINT
        )
    if shape[0] > MOST_ROWS:
        raise TooManyRows(
            f"{tensor.name[:LONGEST_NAME]}: it has {str(shape[0])[:LONGEST_NAME]} rows, and at most {MOST_ROWS:,} are answered.",
            hint="Send several requests.",
        )
    return shape[0]


def numbers_of(tensor: Tensor, rest: BinaryPart, *, count: int) -> Numbers:
    """The tensor's `count` numbers, from the JSON or from the rest of the binary part; raises BadTensor."""
    if tensor.datatype != NUMBERS:
        refuse(tensor, f"its datatype is {tensor.datatype[:LONGEST_NAME]!r}, and the model takes {NUMBERS}")
    if tensor.parameters.shared_memory_region is not None:
        refuse(tensor, "shared memory is not an extension of this server")
    if tensor.parameters.binary_data_size is not None:
        if tensor.data is not _ABSENT:
            refuse(tensor, "it has data in the JSON and behind it")
        return rest.take(tensor, count=count)
    if tensor.data is _ABSENT:
        refuse(tensor, "it has no data")
    text = bytes(tensor.data)
    if text.startswith(b"["):
        _require_sizes(tensor, text, count=count)
    values = _flat(tensor, tensor.data)
    if len(values) != count:
        refuse(tensor, f"it has {len(values)} numbers, and its shape {tensor.shape} makes {count}")
    return values


def _require_sizes(tensor: Tensor, text: bytes, *, count: int) -> None:
    """Raise BadTensor for other numbers than the shape makes, or such as take long to read: they would hold up everybody else."""
    numbers = text.count(b",") + 1
    if numbers != count:
        refuse(tensor, f"it has {numbers} numbers, and its shape {tensor.shape} makes {count}")
    if text.count(b"[") > tensor.shape[0] + 1:
        refuse(tensor, f"its rows do not have the shape {tensor.shape}")
    longest = max(map(len, text.split(b",")))
    if longest > _LONGEST_NUMBER:
        refuse(tensor, f"one of its numbers has {longest} characters, and at most {_LONGEST_NUMBER} are read")
    if len(_EXTREME.findall(text)) > _MOST_EXTREME:
        refuse(
            tensor,
            f"it has more than {_MOST_EXTREME:,} numbers with an exponent of three digits",
            hint="Send it as a binary tensor.",
        )


def _flat(tensor: Tensor, data: msgspec.Raw) -> _Flat:
    """The numbers of flat or nested data, row by row; None is unknown."""
    try:
        if len(tensor.shape) == 1 or not bytes(memoryview(data)[1:_BEGINNING]).lstrip().startswith(b"["):
            return _FLAT.decode(data)
        nested = (_NESTED_COLUMN if tensor.shape[1:] == [1] else _NESTED).decode(data)
    except msgspec.MsgspecError as error:
        refuse(tensor, f"data: {error}")
    if len({len(each) for each in nested}) > 1 or len(nested) != tensor.shape[0]:
        refuse(tensor, f"its rows do not have the shape {tensor.shape}")
    return [number for row in nested for number in row]


def refuse(tensor: Tensor, reason: str, *, hint: str = "docs/scoring.md shows a request.") -> NoReturn:
    """Raise BadTensor that names the tensor."""
    raise BadTensor(f"{tensor.name[:LONGEST_NAME]}: {reason}.", hint=hint)

"""The Open Inference Protocol, version 2, as the churn model speaks it: what it lists, its limits, and its errors.

https://github.com/kserve/open-inference-protocol, with the binary tensor data extension.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from keepwell.platform.errors import DataValidationError, NotFound, Unavailable

MODEL_NAME = "churn"
# The one tensor that takes whole rows, where a version fixes the order of their columns.
ROWS = "rows"
PROBABILITY, CONTRIBUTIONS = "probability", "contributions"
NUMBERS = "FP64"
BYTES_OF_A_NUMBER = 8

MOST_ROWS = 10_000
# Of text, which is read at one go while everybody else waits; binary tensors are not read, but taken as they are.
MOST_TEXT = 8_000_000
MOST_BYTES = 32_000_000
# What contributions need grows with the trees as well, and nobody reads ten thousand explanations.
MOST_EXPLAINED = 1_000
_SOON = timedelta(seconds=1)


class BadTensor(DataValidationError):
    """A request for inference that the model cannot answer; the message names the tensor."""

    code = "bad-tensor"


class TooManyRows(DataValidationError):
    """More rows, or more bytes, than one request may have."""

    code = "too-many-rows"
    http_status = 413


class NoServedModel(NotFound):
    """There is no such model here."""

    code = "no-served-model"


class TooBusy(Unavailable):
    """More work waits than is done in a second."""

    code = "too-busy"
    worded_for_clients = True

    def __init__(self) -> None:
        super().__init__(hint="Retry-After says when to try again.", retry_after=_SOON)


class TensorMetadata(msgspec.Struct, frozen=True):
    """A tensor that a model takes or gives; -1 in its shape is any number of rows."""

    name: str
    datatype: str
    shape: Sequence[int]


class ServerMetadata(msgspec.Struct, frozen=True):
    """What the server is, and which extensions of the protocol it has."""

    name: str
    version: str
    extensions: Sequence[str]


class ModelMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """A model's versions, newest first, and the tensors of the one that was asked for.

    `parameters` say what the protocol has no place for: the version that answers, the order of columns, the hash.
    """

    name: str
    versions: Sequence[str]
    platform: str
    inputs: Sequence[TensorMetadata]
    outputs: Sequence[TensorMetadata]
    parameters: Mapping[str, str | int | Sequence[str]]


def named_inputs(columns: Sequence[str]) -> list[TensorMetadata]:
    """One tensor for each column: what a model is given that may be replaced by one with other columns."""
    return [TensorMetadata(name, NUMBERS, [-1]) for name in columns]


def rows_input(columns: Sequence[str]) -> list[TensorMetadata]:
    """One tensor of whole rows: what a version is given."""
    return [TensorMetadata(ROWS, NUMBERS, [-1, len(columns)])]


def outputs_of(columns: Sequence[str]) -> list[TensorMetadata]:
    """The tensors that a model answers with; contributions only if they are asked for."""
    return [
        TensorMetadata(PROBABILITY, NUMBERS, [-1]),
        TensorMetadata(CONTRIBUTIONS, NUMBERS, [-1, len(columns)]),
    ]

"""Writes an answer to a request for inference: as JSON, with the tensors behind it that were wanted as binary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from keepwell.churn.inference.model import MODEL_NAME, NUMBERS
from keepwell.churn.inference.request import InferenceRequest

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector


class EncodedAnswer(NamedTuple):
    """A body, and how many bytes of it are JSON if there are binary tensors behind."""

    body: bytes
    header_length: int | None


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON of an answer."""

    model_name: str
    model_version: str
    outputs: list[dict[str, Any]]
    id: str | None = None


_ENCODER = msgspec.json.Encoder()


def encode_answer(
    asked: InferenceRequest, found: Mapping[str, Vector | Matrix], *, version: int
) -> EncodedAnswer:
    """The answer to `asked`, with what was `found` for each of its outputs."""
    outputs: list[dict[str, Any]] = []
    behind: list[bytes] = []
    for name, is_binary in asked.outputs.items():
        numbers = found[name]
        output: dict[str, Any] = {"name": name, "datatype": NUMBERS, "shape": numbers.shape}
        if is_binary:
            behind.append(numbers.astype("<f8", copy=False).tobytes())
            output["parameters"] = {"binary_data_size": len(behind[-1])}
        else:
            output["data"] = numbers.ravel().tolist()
        outputs.append(output)
    text = _ENCODER.encode(Answer(MODEL_NAME, str(version), outputs, asked.id))
    if not behind:
        return EncodedAnswer(text, None)
    return EncodedAnswer(b"".join((text, *behind)), len(text))

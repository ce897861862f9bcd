"""The one place where a fitted model becomes bytes, and bytes a model: plain JSON, never code."""

from __future__ import annotations

import msgspec

from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.fitted.soundness import flaw_of

# A thousand times what the largest rung needs; more is no model.
MOST_BYTES = 100_000_000


class UnsoundModel(ValueError):
    """The model could not answer, or answer with no number."""


def to_bytes(model: FittedModel) -> bytes:
    """The model as JSON; the same model gives the same bytes. Raises UnsoundModel."""
    _require_sound(model)
    return msgspec.json.encode(model)


def from_bytes(text: bytes) -> FittedModel:
    """The model in the JSON `text`. Raises msgspec.MsgspecError if it is something else, and UnsoundModel."""
    if len(text) > MOST_BYTES:
        raise UnsoundModel(f"It has {len(text):,} bytes.")
    model = msgspec.json.decode(text, type=FittedModel)
    _require_sound(model)
    return model


def _require_sound(model: FittedModel) -> None:
    if (flaw := flaw_of(model)) is not None:
        raise UnsoundModel(flaw)

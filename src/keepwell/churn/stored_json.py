"""What the churn room keeps as JSON in Postgres, and what it says if that is not what was stored."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from keepwell.platform.errors import CorruptData

T = TypeVar("T")
_HINT = "Train a new one: ./keepwell churn train"


class ModelDamaged(CorruptData):
    """A stored model is not what was stored."""

    code = "model-damaged"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The stored model is damaged: {problem}", hint=_HINT)


def stored_json(text: str, kind: type[T], *, name: str) -> T:
    """The value that was stored as `text`; raises ModelDamaged naming it if somebody changed it there."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise ModelDamaged(f"its {name} cannot be read: {error}") from error

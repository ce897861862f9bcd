"""What running the notebook gives, and what can be wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from keepwell.churn.export.model import Manifest
from keepwell.platform.errors import DomainError

FEWEST_DEPARTURES = 20
FEWEST_DAYS = 240
RESULTS_TYPE = "application/vnd.keepwell.results+json"


class TooLittleToLearn(DomainError):
    """Too few accounts have left, or over too short a time, to compare models."""

    code = "too-little-to-learn"


class CellFailed(DomainError):
    """A cell of the notebook failed."""

    code = "cell-failed"


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The files that were written, where the data come from, and the figures that the notebook computed.

    `data` is the workspace's name, or says that it is the synthetic sample.
    """

    page: str
    notebook: str
    export: str
    data: str
    seconds: float
    results: Mapping[str, Any]


def require_enough(manifest: Manifest) -> None:
    """Raise TooLittleToLearn, in one sentence, if the export cannot carry a split by time."""
    hint = "To see the notebook on synthetic data: ./keepwell notebook --sample"
    if manifest.departed < FEWEST_DEPARTURES:
        raise TooLittleToLearn(
            f"{_left(manifest.departed)} of {_accounts(manifest.accounts)}; the notebook needs {FEWEST_DEPARTURES} "
            "departures to compare models.",
            hint=hint,
        )
    watched = (manifest.recorded_until - manifest.first_on).days
    if watched < FEWEST_DAYS:
        raise TooLittleToLearn(
            f"The history is {watched} days long; the notebook needs {FEWEST_DAYS} to split it by time.",
            hint=hint,
        )


def _left(count: int) -> str:
    return "Nobody has left" if count == 0 else f"Only {count} left"


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"

"""Compares what Keepwell expects of figures before anybody knows who left with NannyML's CBPE, on the same probabilities."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np

from benchmarks.peers import ENVIRONMENTS, install, run_installer
from benchmarks.report import table
from keepwell.churn.live.expecting import expected_figures
from keepwell.platform.errors import KeepwellError, Unavailable

# NannyML 0.13.1 is the newest; it wants a Python below 3.13 and a LightGBM below 4.6, and imports statsmodels without naming it.
PACKAGES = ("nannyml==0.13.1", "statsmodels==0.15.0")
FIRST_PYTHON_WITHOUT = (3, 13)
MOST_APART = 1e-6
_SIDE = Path(__file__).with_name("nannyml_side.py")
_SIZES = (160, 300, 2_400, 20_000)
_SHAPES = ((0.6, 12.0), (2.0, 40.0), (0.3, 0.9))
_PLACES = 4


class FurtherApart(KeepwellError):
    """A figure is further from NannyML's than promised."""

    code = "further-apart"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One list: how many accounts, how many are expected to leave, and the figures here and there."""

    accounts: int
    expected: float
    roc_auc: float
    roc_auc_there: float
    average_precision: float
    average_precision_there: float

    @property
    def apart(self) -> float:
        """The larger of the two differences."""
        return max(
            abs(self.roc_auc - self.roc_auc_there), abs(self.average_precision - self.average_precision_there)
        )


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """All lists that were compared."""

    compared: Sequence[Compared]
    packages: Sequence[str] = PACKAGES


def measure() -> Figures:
    """Compare lists of several sizes and shapes; raises Unavailable if NannyML cannot be installed."""
    if sys.version_info >= FIRST_PYTHON_WITHOUT:
        raise Unavailable(
            f"NannyML has no release for Python {sys.version_info.major}.{sys.version_info.minor}.",
            hint="Run this with Python 3.11 or 3.12.",
        )
    interpreter = install(ENVIRONMENTS / "nannyml", PACKAGES)
    lists = _lists()
    with TemporaryDirectory(prefix="keepwell-bench-") as folder:
        file = Path(folder) / "lists.json"
        file.write_bytes(msgspec.json.encode(lists))
        environment = {**os.environ, "NML_DISABLE_USAGE_LOGGING": "1"}
        output = run_installer([str(interpreter), "-W", "ignore", str(_SIDE), str(file)], env=environment)
    there = msgspec.json.decode(output.splitlines()[-1], type=list[dict[str, float]])
    return Figures(compared=[_compared(*each) for each in zip(lists, there, strict=True)])


def check(figures: Figures) -> None:
    """Raise FurtherApart if a figure is further from NannyML's than promised."""
    furthest = max(each.apart for each in figures.compared)
    if not furthest <= MOST_APART:
        hint = "Compare keepwell.churn.live.expecting with NannyML's estimate_roc_auc and estimate_ap."
        raise FurtherApart(
            f"A figure is {furthest:.2g} from NannyML's, promised {MOST_APART:.0e}.", hint=hint
        )


def summary(figures: Figures) -> str:
    """The figures for a terminal."""
    return markdown(figures)


def markdown(figures: Figures) -> str:
    """The figures as a part of a report."""
    headers = ("Accounts", "Expected to leave", "AUC", "NannyML", "PR AUC", "NannyML", "Apart")
    rows = [
        [
            f"{each.accounts:,}",
            f"{each.expected:,.1f}",
            f"{each.roc_auc:.7f}",
            f"{each.roc_auc_there:.7f}",
            f"{each.average_precision:.7f}",
            f"{each.average_precision_there:.7f}",
            f"{each.apart:.1e}",
        ]
        for each in figures.compared
    ]
    return f"With {' and '.join(figures.packages)}:\n\n{table(headers, rows)}"


def _lists() -> list[list[float]]:
    """Probabilities with four places, as they are kept, many of which are equal in a large shop; and some as they come, all different."""
    random = np.random.default_rng(1)
    drawn = [np.clip(random.beta(*shape, size=size), 1e-4, 1 - 1e-4) for size in _SIZES for shape in _SHAPES]
    return [np.round(each, _PLACES).tolist() for each in drawn] + [
        each.tolist() for each in drawn[:: len(_SHAPES)]
    ]


def _compared(chances: list[float], there: dict[str, float]) -> Compared:
    here = expected_figures(np.array(chances))
    assert here.roc_auc is not None  # noqa: S101  for mypy: nobody is certain
    assert here.average_precision is not None  # noqa: S101  the same
    return Compared(
        accounts=len(chances),
        expected=here.departed,
        roc_auc=here.roc_auc,
        roc_auc_there=there["roc_auc"],
        average_precision=here.average_precision,
        average_precision_there=there["average_precision"],
    )

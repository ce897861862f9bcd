"""Fits a Cox model (1972) on spells, with lifelines, which is in the extra `survival`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.survival.model import FEWEST, HALF, HORIZONS, QUARTER, Forecast, TooFewDepartures
from keepwell.churn.survival.spells import Spells
from keepwell.platform.errors import Unavailable

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Matrix, Vector

# Inputs such as active days by window say nearly the same; without a penalty their weights grow against each other.
_PENALTY = 0.01
_LEAST_SCALE = 1e-9


class _Preparation(msgspec.Struct, frozen=True, kw_only=True):
    """Signed logarithms, inside the range that was seen, standardised; an unknown input is taken as the typical one."""

    kept: Mask
    lows: Vector
    highs: Vector
    means: Vector
    scales: Vector

    def table(self, inputs: Matrix) -> Matrix:
        """The columns that vary, ready for the fit."""
        np = numpy()
        clipped = np.clip(_logs(inputs), self.lows, self.highs)
        ready: Matrix = np.nan_to_num((clipped - self.means) / self.scales, nan=0.0)[:, self.kept]
        return ready


class CoxModel(msgspec.Struct, frozen=True, kw_only=True):
    """Every account has the baseline's hazard times a factor of its own: the exponential of `weights` times its inputs.

    `baseline[day]` is the cumulative hazard of a typical account by that many days; after its end, nothing was observed.
    """

    preparation: _Preparation
    weights: Vector
    baseline: Vector

    @property
    def observed_days(self) -> int:
        """The last day by which anything is known."""
        return len(self.baseline) - 1

    def factors(self, inputs: Matrix) -> Vector:
        """How many times the typical hazard each row has."""
        factors: Vector = numpy().exp(self.preparation.table(inputs) @ self.weights)
        return factors

    def chances(self, inputs: Matrix, *, days: int) -> Vector | None:
        """The chance of each row to leave within `days`; None if that is longer than was observed."""
        if days > self.observed_days:
            return None
        chances: Vector = -numpy().expm1(-self.baseline[days] * self.factors(inputs))
        return chances

    def forecasts(self, inputs: Matrix) -> list[Forecast]:
        """The forecast of each row."""
        return [self._forecast(float(factor)) for factor in self.factors(inputs)]

    def _forecast(self, factor: float) -> Forecast:
        np = numpy()
        left = -np.expm1(-self.baseline * factor)
        within = [float(left[days]) if days <= self.observed_days else None for days in HORIZONS]
        quarter, half = (
            int(np.argmax(left >= share)) if left[-1] >= share else None for share in (QUARTER, HALF)
        )
        return Forecast(
            within_30=within[0],
            within_60=within[1],
            within_90=within[2],
            quarter_days=quarter,
            half_days=half,
        )


def require_lifelines() -> Any:
    """The lifelines module; raises Unavailable with what to install if the extra is missing."""
    try:
        import lifelines  # noqa: PLC0415  only this command needs it
    except ImportError as error:
        hint = "Install the extra: pip install 'keepwell[churn,survival]'."
        raise Unavailable("Saying when accounts leave needs lifelines.", hint=hint) from error
    return lifelines


def is_enough(spells: Spells) -> bool:
    """Whether at least ten accounts left, and ten were followed without leaving."""
    return all(len(set(spells.accounts[mask].tolist())) >= FEWEST for mask in (spells.left, ~spells.left))


def fit(spells: Spells) -> CoxModel:
    """Fit on all rows; the same rows give the same model.

    Raises TooFewDepartures if fewer than ten accounts left or stayed, and Unavailable without the extra.
    """
    np, lifelines = numpy(), require_lifelines()
    import pandas as pd  # noqa: PLC0415  as above

    if not is_enough(spells):
        raise TooFewDepartures(
            f"Fewer than {FEWEST} accounts that had not cancelled left, or went on, while they were observed.",
            hint="Ask again when more have left.",
        )
    preparation = _prepare(spells.inputs)
    table = pd.DataFrame(preparation.table(spells.inputs))
    frame = table.assign(observed=spells.observed, left=spells.left.astype(int))
    fitter = lifelines.CoxPHFitter(penalizer=_PENALTY).fit(frame, "observed", "left")
    # The hazard of an account whose inputs are all typical.
    typical = pd.DataFrame(np.zeros((1, table.shape[1])))
    baseline = fitter.predict_cumulative_hazard(typical, times=np.arange(_longest(spells) + 1))
    return CoxModel(
        preparation=preparation,
        weights=fitter.params_.to_numpy(),
        baseline=baseline.to_numpy()[:, 0],
    )


def _longest(spells: Spells) -> int:
    """The last day on which ten accounts were still observed."""
    np = numpy()
    last_days = np.zeros(int(spells.accounts.max()) + 1, dtype=np.int64)
    np.maximum.at(last_days, spells.accounts, spells.observed)
    return int(np.sort(last_days)[-FEWEST])


def _prepare(inputs: Matrix) -> _Preparation:
    np = numpy()
    logs = _logs(inputs)
    is_known = ~np.isnan(logs).all(axis=0)
    # A column that is unknown everywhere says nothing, and has no mean.
    seen = np.where(is_known, logs, 0.0)
    scales = np.nanstd(seen, axis=0)
    means = np.nanmean(seen, axis=0)
    kept = scales > _LEAST_SCALE * np.maximum(np.abs(means), 1.0)
    return _Preparation(
        kept=kept,
        lows=np.nanmin(seen, axis=0),
        highs=np.nanmax(seen, axis=0),
        means=means,
        scales=np.where(kept, scales, 1.0),
    )


def _logs(inputs: Matrix) -> Matrix:
    np = numpy()
    logs: Matrix = np.sign(inputs) * np.log1p(np.abs(inputs))
    return logs

"""Evaluates a model on snapshots later than its training data, and states the result in plain language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from keepwell.churn.fitting import Example, numpy
from keepwell.churn.logistic import LogisticModel
from keepwell.churn.model import Evaluation
from keepwell.churn.predictors import values_of

FEWEST_DEPARTURES = 10
_RESAMPLES = 500
_BOUNDS = (2.5, 97.5)


class Split(msgspec.Struct, frozen=True):
    """Examples split by time: all fitted examples are earlier than all held-out ones.

    Held-out accounts had not announced that they leave: those that have are no test of a prediction.
    """

    fitted: Sequence[Example]
    held_out: Sequence[Example]
    held_out_from: date

    @property
    def unannounced(self) -> Sequence[Example]:
        """The fitted examples of accounts that had not announced that they leave."""
        return [example for example in self.fitted if not example.has_announced]

    @property
    def is_enough(self) -> bool:
        """Whether both parts have at least ten accounts that left unannounced and ten that stayed."""
        return all(
            len({example.account for example in part if example.departed is departed}) >= FEWEST_DEPARTURES
            for part in (self.unannounced, self.held_out)
            for departed in (True, False)
        )


def evaluate(model: LogisticModel, split: Split, *, seed: int) -> Evaluation:
    """AUC with a bootstrap over accounts, and the Brier score compared with that of the fitted base rate."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  only training needs it

    np = numpy()
    labels = np.array([example.departed for example in split.held_out], dtype=np.int64)
    scores = np.array([model.probability(values_of(example.observation)) for example in split.held_out])
    low, high = _auc_bounds(labels, scores, accounts=[each.account for each in split.held_out], seed=seed)
    return msgspec.structs.replace(
        counts_only(split),
        auc=_rounded(roc_auc_score(labels, scores)),
        auc_low=_rounded(low),
        auc_high=_rounded(high),
        brier=_rounded(np.mean((scores - labels) ** 2)),
        brier_base=_rounded(np.mean((base_rate(split.unannounced) - labels) ** 2)),
    )


def counts_only(split: Split) -> Evaluation:
    """The counts without any metric, for a split that is too small to evaluate."""
    churned = sum(example.departed for example in split.held_out)
    return Evaluation(held_out_from=split.held_out_from, snapshots=len(split.held_out), churned=churned)


def base_rate(examples: Sequence[Example]) -> float:
    """The share of `examples` that left; 0 if there are none."""
    return sum(example.departed for example in examples) / len(examples) if examples else 0.0


def statement(evaluation: Evaluation, split: Split, *, base: float, horizon_days: int) -> str:
    """What was tested, on which accounts, and how much better than guessing it is, in plain language."""
    if evaluation.auc is None:
        verdict = _too_few_statement(split, horizon_days)
    else:
        answer = "The data predict" if evaluation.signal == "found" else "The data do not predict"
        verdict = f"{answer} who leaves. {_test(evaluation, split, horizon_days)} {_result(evaluation)}"
    if evaluation.signal == "found":
        return verdict
    return (
        f"{verdict} So every account gets the base rate of {base:.1%}, and the list is ranked by MRR alone."
    )


def _test(seen: Evaluation, split: Split, horizon_days: int) -> str:
    accounts = len({example.account for example in split.held_out})
    return (
        f"Tested on {accounts:,} paying accounts that had not cancelled, at {seen.snapshots:,} points in time from "
        f"{seen.held_out_from} on that the model had not seen; {seen.churned:,} times an account left within "
        f"{horizon_days} days."
    )


def _result(seen: Evaluation) -> str:
    return (
        f"Given one account that left and one that stayed, it ranks the one that left higher in {_of_100(seen.auc)} of "
        f"100 cases (95 % interval {_of_100(seen.auc_low)} to {_of_100(seen.auc_high)}); guessing does so in 50. "
        f"Its probabilities are {_improvement(seen)} than giving everyone the same chance (Brier score "
        f"{_brier(seen.brier)} against {_brier(seen.brier_base)}, where less is better)."
    )


def _improvement(seen: Evaluation) -> str:
    if not seen.brier_base or seen.brier is None:
        return "no better"
    gain = 1 - seen.brier / seen.brier_base
    return f"{gain:.1%} better" if gain > 0 else "no better"


def _too_few_statement(split: Split, horizon_days: int) -> str:
    earlier, later = (_departed_accounts(part) for part in (split.unannounced, split.held_out))
    return (
        "It was not tested whether the data predict who leaves: there are too few accounts for a test. Of accounts "
        f"that had not cancelled, {earlier} left within {horizon_days} days of the {len(split.unannounced):,} earlier points in time and {later} of the "
        f"{len(split.held_out):,} from {split.held_out_from} on; each part needs {FEWEST_DEPARTURES} that left and "
        f"{FEWEST_DEPARTURES} that stayed."
    )


def _brier(score: float | None) -> str:
    return "-" if score is None else f"{score:.4f}"


def _departed_accounts(examples: Iterable[Example]) -> int:
    return len({example.account for example in examples if example.departed})


def _of_100(auc: float | None) -> str:
    return "-" if auc is None else f"{auc * 100:.0f}"


def _auc_bounds(labels: Any, scores: Any, *, accounts: Sequence[str], seed: int) -> tuple[float, float]:
    """Resamples accounts, not snapshots: snapshots of one account are not independent."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  only training needs it

    np = numpy()
    names, account_of = np.unique(accounts, return_inverse=True)
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(_RESAMPLES):
        weights = random.multinomial(len(names), np.full(len(names), 1 / len(names)))[account_of]
        if weights[labels == 1].any() and weights[labels == 0].any():
            drawn.append(roc_auc_score(labels, scores, sample_weight=weights))
    low, high = np.percentile(drawn, _BOUNDS)
    return float(low), float(high)


def _rounded(value: float) -> float:
    return round(float(value), 4)

"""Which columns each rung of the ladder reads."""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.churn.predictors import RECENCY, USUAL_USE
from keepwell.churn.report import RungName
from keepwell.platform.errors import DomainError

# The RFM logistic: recency, frequency by the first of these that is there, time as a customer, and money.
_FREQUENCIES = ("events_total", "active_days_total", "events_long", "active_days_long")
_OTHERS = ("tenure_days", "mrr", "spend_a_month")


class RungNotFitted(DomainError):
    """This rung of the ladder cannot be fitted here."""

    code = "rung-not-fitted"


def columns_of(rung: RungName, names: Sequence[str]) -> Sequence[str]:
    """Those of the columns `names` that the rung reads; raises RungNotFitted if the one that makes it is not there."""
    if rung == "base_rate":
        return []
    recency = USUAL_USE if USUAL_USE in names else RECENCY
    if rung not in {"recency", "rfm"}:
        return [name for name in names if name != RECENCY or name == recency]
    if RECENCY not in names:
        hint = "Import events."
        raise RungNotFitted(f"There is no column {RECENCY}.", hint=hint)
    if rung == "recency":
        return [recency]
    frequency = [name for name in _FREQUENCIES if name in names][:1]
    return [recency, *frequency, *(name for name in _OTHERS if name in names)]

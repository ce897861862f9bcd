"""What counts when a customer decides again: the columns about use once more, for accounts whose paid service runs out soon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.predictors import RECENCY, USUAL_USE

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

_RENEWAL_DUE = "renewal_due"
# Few, since each is one more weight to learn: how long ago, how much, whether less than before, and what was complained of.
_COUNTED_AGAIN = (
    RECENCY, "recency_over_gap", "active_days_mid", "trend", "tickets_mid", "seats_used_share",
)  # fmt: skip


def renewal_columns(
    columns: Mapping[str, Vector | Whole | Mask], *, is_due: Mask
) -> Mapping[str, Vector | Mask]:
    """Whether service ends or renews within the horizon, `renewal_due`, and `renewal_due:NAME` for some of the `columns`.

    That is the column where a renewal is due, and 0 elsewhere: a quiet account that has paid for a year cannot leave next month.
    Of recency, it is that of usual use if there is a column of it.
    """
    products: dict[str, Vector | Mask] = {_RENEWAL_DUE: is_due}
    for usual in _COUNTED_AGAIN:
        name = USUAL_USE if usual == RECENCY and USUAL_USE in columns else usual
        products[f"{_RENEWAL_DUE}:{name}"] = np.where(is_due, columns[name], 0.0)
    return products

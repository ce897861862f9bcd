"""Tables of examples for the tests of learning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keepwell.churn.learning.examples import ExampleTable

MRR = 50.0
FIRST_DAY = 738_000


def table_with(
    columns: Mapping[str, np.ndarray],
    labels: np.ndarray,
    *,
    accounts: np.ndarray | None = None,
    days: np.ndarray | None = None,
    horizon_days: int = 30,
    **others: Any,
) -> ExampleTable:
    """A table with these columns, by default with one row per account, all on one day, that pay 50 a month; a horizon is a month of 30 days."""
    size = len(labels)
    judged_by = {"is_annual": False, "has_open_payment": False, "has_cancelled": False}
    flags = {name: np.full(size, value) for name, value in judged_by.items()}
    return ExampleTable(
        names=list(columns),
        horizon_days=horizon_days,
        inputs=np.column_stack([np.asarray(each, dtype=np.float64) for each in columns.values()]),
        labels=np.asarray(labels, dtype=np.int64),
        accounts=np.arange(size) if accounts is None else accounts,
        days=np.full(size, FIRST_DAY) if days is None else days,
        **({"mrr": np.full(size, MRR)} | flags | others),
    )

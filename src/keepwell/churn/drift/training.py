"""The reference of a training: what is kept with a model so that drift from it can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.drift.model import PROBABILITY, TrainingReference
from keepwell.churn.drift.reference import reference_of
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.fitted.batches import probabilities
from keepwell.churn.learning.fitted.fitted_model import FittedModel

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

_ROWS_AT_ONCE = 50_000


def training_reference(table: ExampleTable, model: FittedModel, *, ranks: bool) -> TrainingReference | None:
    """What the model reads of the accounts in the `table`, and if it `ranks` the list, its probabilities; None if it reads nothing.

    The table has the accounts that had not announced that they leave.
    """
    names = list(dict.fromkeys(each.name for each in model.preparation.inputs))
    if not names:
        return None
    columns = [table.column(name) for name in names]
    if ranks:
        names, columns = [*names, PROBABILITY], [*columns, _probabilities(model, table.inputs)]
    found = reference_of(names, columns, days=table.days, accounts=table.accounts)
    return TrainingReference(
        days=found.days, accounts=found.accounts, inputs=found.inputs, departed=int(table.labels.sum())
    )


def _probabilities(model: FittedModel, inputs: Matrix) -> Vector:
    # In parts: the prepared numbers of a large workspace are hundreds of megabytes.
    parts = np.array_split(inputs, len(inputs) // _ROWS_AT_ONCE + 1)
    return np.concatenate([probabilities(model, each) for each in parts])

"""Models for the tests of inference: of plain numbers, and one that LightGBM has boosted."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from keepwell.churn.inference.scorer import Scorer
from keepwell.churn.learning.estimators.boosting_child import PARAMETERS, ROUNDS, tree_of
from keepwell.churn.learning.fitted.calibration import Platt
from keepwell.churn.learning.fitted.fitted_model import FittedModel, Trees
from keepwell.churn.learning.fitted.loading import StoredModel, stored
from keepwell.churn.learning.fitted.preparation import Preparation, PreparedInput

COLUMNS = 12
NAMES = [f"c{number}" for number in range(COLUMNS)]


class Boosted(NamedTuple):
    """A model, LightGBM's own booster of the same trees, and rows as the booster reads them."""

    model: FittedModel
    booster: Any
    prepared: np.ndarray


@cache
def boosted(seed: int = 0) -> Boosted:
    """A model that LightGBM boosts as in a training."""
    import lightgbm  # noqa: PLC0415  it takes a second

    random = np.random.default_rng(seed)
    prepared = random.normal(size=(4_000, COLUMNS))
    labels = (prepared[:, 0] + prepared[:, 1] * prepared[:, 2] + random.normal(size=4_000) > 1.5).astype(int)
    data = lightgbm.Dataset(prepared, labels, params={"verbosity": -1})
    booster = lightgbm.train(dict(PARAMETERS), data, num_boost_round=ROUNDS)
    trees = Trees([tree_of(each["tree_structure"]) for each in booster.dump_model()["tree_info"]])
    inputs = [
        PreparedInput(name=name, low=-3.0, high=40.0, mean=0.2 + 0.1 * place, scale=1.1)
        for place, name in enumerate(NAMES)
    ]
    preparation = Preparation(names=NAMES, inputs=inputs)
    model = FittedModel(rung="boosting", preparation=preparation, core=trees, calibration=Platt(1.1, -0.2))
    return Boosted(model, booster, prepared)


def kept(model: FittedModel) -> StoredModel:
    """The model as it is stored."""
    return stored(model, seed=1)


def scorer_of(model: FittedModel, *, version: int = 1) -> Scorer:
    """A scorer of the model."""
    own = kept(model)
    return Scorer(model, version=version, sha256=own.sha256, probes=own.probes)


def rows(count: int, *, columns: int = COLUMNS, seed: int = 1) -> np.ndarray:
    """Rows in natural units, of which some numbers are unknown and some far outside of what was learnt from."""
    random = np.random.default_rng(seed)
    made = random.normal(scale=20.0, size=(count, columns))
    made[random.random(made.shape) < 0.1] = np.nan
    made[random.random(made.shape) < 0.02] = 1e308
    return made

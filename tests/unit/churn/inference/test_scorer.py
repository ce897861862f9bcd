"""What a model answers: as it was trained, whoever adds up its terms, and whatever else is asked with a row."""

from __future__ import annotations

import threading

import msgspec
import numpy as np
import pytest

from keepwell.churn.inference import engines
from keepwell.churn.inference.engines import LightGbmEngine, TreesEngine, engine_of
from keepwell.churn.inference.lightgbm_text import text_of
from keepwell.churn.learning.fitted.batches import probabilities
from keepwell.churn.learning.fitted.calibration import Isotonic, Uncalibrated
from keepwell.churn.learning.fitted.fitted_model import LEAF, FittedModel, Linear, Tree, Trees
from keepwell.churn.learning.fitted.preparation import Preparation
from tests.unit.churn.inference.models import COLUMNS, boosted, rows, scorer_of
from tests.unit.churn.test_fitted_model import MODEL as LINEAR

ISOTONIC = Isotonic(log_odds=[-6.0, -3.0, 2.0], chances=[0.01, 0.2, 0.7])
ONE_LEAF = Tree(feature=[LEAF], threshold=[0.0], left=[LEAF], right=[LEAF], value=[-1.25])


def replaced(**fields: object) -> FittedModel:
    return msgspec.structs.replace(boosted().model, **fields)


def marking(preparation: Preparation) -> Preparation:
    """With an input more of each column, that marks it as unknown, and without the first column."""
    marks = [msgspec.structs.replace(each, marks_unknown=True) for each in preparation.inputs]
    return msgspec.structs.replace(preparation, inputs=[*preparation.inputs[1:], *marks])


MODELS = {
    "boosting": boosted().model,
    "boosting, isotonic": replaced(calibration=ISOTONIC),
    "tree": replaced(rung="tree", core=Trees(boosted().model.core.trees[:1]), calibration=Uncalibrated()),  # type: ignore[union-attr]
    "logistic": replaced(
        rung="logistic", core=Linear([0.3 - 0.05 * each for each in range(COLUMNS)], intercept=-1.0)
    ),
    "logistic, marks unknown": replaced(
        rung="logistic",
        preparation=marking(boosted().model.preparation),
        core=Linear([1 / (7 + each) for each in range(2 * COLUMNS - 1)], intercept=-1.0),
    ),
    "base rate": FittedModel(
        rung="base_rate",
        preparation=Preparation(names=[f"c{each}" for each in range(COLUMNS)], inputs=[]),
        core=Linear(weights=[], intercept=-2.0),
        calibration=Uncalibrated(),
    ),
}
EVERY_MODEL = pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))


def test_lightgbm_answers_the_written_text_bit_for_bit_as_the_booster_that_was_trained() -> None:
    model, booster, prepared = boosted()
    assert isinstance(model.core, Trees)
    engine = LightGbmEngine(model.core, width=COLUMNS)
    own = booster.predict(prepared, raw_score=True)
    one_by_one = np.concatenate([engine.log_odds(prepared[each : each + 1]) for each in range(500)])
    assert np.array_equal(one_by_one, own[:500])
    assert np.array_equal(engine.log_odds(prepared[:150]), own[:150])
    assert np.array_equal(engine.log_odds(prepared), own)


@EVERY_MODEL
def test_the_answer_to_a_row_is_the_same_bits_alone_and_among_any_others(model: FittedModel) -> None:
    scorer, asked = scorer_of(model), rows(700)
    together = scorer.probabilities(asked)
    alone = np.concatenate([scorer.probabilities(asked[each : each + 1]) for each in range(len(asked))])
    some = np.concatenate([scorer.probabilities(asked[each : each + 7]) for each in range(0, len(asked), 7)])
    assert np.array_equal(together, alone)
    assert np.array_equal(together, some)


@EVERY_MODEL
def test_the_answer_is_that_of_the_training_and_always_a_probability(model: FittedModel) -> None:
    asked = rows(300)
    answers = scorer_of(model).probabilities(asked)
    assert answers == pytest.approx(probabilities(model, asked), abs=1e-12)
    assert answers == pytest.approx([model.probability(row) for row in asked.tolist()], abs=1e-12)
    assert ((answers >= 0) & (answers <= 1)).all()


def test_without_lightgbm_the_same_bits_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, model = rows(300), boosted().model
    fast = scorer_of(model)
    monkeypatch.setattr(engines, "library", lambda: None)
    plain = scorer_of(model)
    assert (fast.engine, plain.engine) == ("lightgbm", "plain")
    assert np.array_equal(fast.probabilities(asked), plain.probabilities(asked))
    assert np.array_equal(fast.probabilities(asked[:3]), plain.probabilities(asked[:3]))


def test_trees_of_one_leaf_are_among_those_that_lightgbm_answers() -> None:
    core = boosted().model.core
    assert isinstance(core, Trees)
    mixed = Trees([core.trees[0], ONE_LEAF, core.trees[1]])
    prepared = boosted().prepared[:300]
    fast = LightGbmEngine(mixed, width=COLUMNS)
    assert np.array_equal(fast.log_odds(prepared), TreesEngine(mixed).log_odds(prepared))


def test_lightgbm_is_not_used_if_it_answers_otherwise_than_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    core, prepared = boosted().model.core, boosted().prepared[:20]
    assert isinstance(core, Trees)
    off = Trees([*core.trees[:-1], ONE_LEAF])
    monkeypatch.setattr(engines, "text_of", lambda _core, width: text_of(off, width=width))
    assert isinstance(engine_of(core, tried_with=prepared), TreesEngine)


def test_threads_that_ask_at_once_get_their_own_answers() -> None:
    scorer, asked = scorer_of(boosted().model), rows(400)
    expected = scorer.probabilities(asked)
    wrong: list[int] = []

    def ask(start: int) -> None:
        own = range(start, len(asked), 4)
        wrong.extend(at for at in own if scorer.probabilities(asked[at : at + 1])[0] != expected[at])

    threads = [threading.Thread(target=ask, args=(start,)) for start in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []


@pytest.mark.parametrize("count", [3, 100])
def test_contributions_are_those_that_reasons_are_made_of(count: int) -> None:
    model, asked = boosted().model, rows(count)
    found = scorer_of(model).contributions(asked)
    assert found == pytest.approx(np.array([model.contributions(row) for row in asked.tolist()]), abs=1e-9)


def test_only_an_equal_row_of_an_equal_model_has_the_same_key() -> None:
    scorer, other = scorer_of(boosted().model), scorer_of(LINEAR)
    row = rows(1)
    changed = row.copy()
    changed[0, -1] = np.nextafter(0.0, 1.0)
    assert scorer.key(row) == scorer.key(row.copy())
    assert len({scorer.key(row), scorer.key(changed), other.key(row)}) == 3

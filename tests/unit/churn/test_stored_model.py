"""A stored model is refused, before this process has parsed it, if it is not what was stored."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from keepwell.churn.learning.fitted.calibration import Isotonic
from keepwell.churn.learning.fitted.fitted_model import LEAF, FittedModel, Tree, Trees
from keepwell.churn.learning.fitted.loading import StoredModel, load, stored
from keepwell.churn.learning.fitted.loading_child import Trial, outcome_of
from keepwell.churn.learning.fitted.serialised import UnsoundModel, to_bytes
from keepwell.churn.stored_json import ModelDamaged
from tests.unit.churn.test_fitted_model import MODEL as LINEAR

_TREE = Tree(
    feature=[0, LEAF, 1, LEAF, LEAF],
    threshold=[0.25, 0.0, 0.2, 0.0, 0.0],
    left=[1, LEAF, 3, LEAF, LEAF],
    right=[2, LEAF, 4, LEAF, LEAF],
    value=[-2.0, -2.5, -1.0, -1.5, 0.5],
)
BOOSTED = FittedModel(
    rung="boosting",
    preparation=LINEAR.preparation,
    core=Trees([_TREE, _TREE]),
    calibration=Isotonic(log_odds=[-6.0, -3.0, 2.0], chances=[0.01, 0.2, 0.7]),
)
KINDS = pytest.mark.parametrize("model", [LINEAR, BOOSTED], ids=["linear", "trees"])


def replaced(kept: StoredModel, text: bytes) -> StoredModel:
    """As somebody who can change the hash as well."""
    return msgspec.structs.replace(kept, text=text, sha256=hashlib.sha256(text).hexdigest())


def edited(kept: StoredModel, edit: Callable[[Any], None]) -> bytes:
    content = json.loads(kept.text)
    edit(content)
    return json.dumps(content, allow_nan=True).encode()


@KINDS
def test_an_untouched_model_is_loaded_and_its_chances_are_the_same_bit_for_bit(model: FittedModel) -> None:
    kept = stored(model, seed=1)
    assert load(kept) == model
    assert len(set(kept.probes.chances)) > 2


@KINDS
def test_the_probes_survive_json_bit_for_bit(model: FittedModel) -> None:
    probes = stored(model, seed=1).probes
    assert msgspec.json.decode(msgspec.json.encode(probes), type=type(probes)) == probes


@KINDS
def test_a_text_that_does_not_fit_its_hash_is_refused_before_it_is_parsed(
    model: FittedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stored(model, seed=1)
    damaged = bytearray(kept.text)
    damaged[len(damaged) // 2] ^= 1

    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr("keepwell.churn.learning.fitted.loading.from_bytes", refuse)
    monkeypatch.setattr("keepwell.churn.learning.fitted.loading.subprocess.run", refuse)
    with pytest.raises(ModelDamaged, match="SHA-256") as caught:
        load(msgspec.structs.replace(kept, text=bytes(damaged)))
    assert caught.value.hint == "Train a new one: ./keepwell churn train"


@KINDS
def test_a_flipped_bit_is_refused_or_leaves_a_model_that_answers_with_chances(model: FittedModel) -> None:
    kept = stored(model, seed=1)
    random_ = random.Random(7)
    for _ in range(150):
        damaged = bytearray(kept.text)
        damaged[random_.randrange(len(damaged))] ^= 1 << random_.randrange(8)
        found = outcome_of(Trial(bytes(damaged), kept.probes.rows))
        # The hash refuses every one of these; this is what a process does that has lost the hash as well.
        assert found.problem is not None or all(0 <= chance <= 1 for chance in found.chances)


@KINDS
def test_a_text_that_is_cut_off_anywhere_is_refused(model: FittedModel) -> None:
    kept = stored(model, seed=1)
    assert all(outcome_of(Trial(kept.text[:end], ())).problem for end in range(len(kept.text)))


def _leaf_of(value: float) -> Callable[[Any], None]:
    return lambda content: content["core"]["trees"][1]["value"].__setitem__(1, value)


def _tree_with(**columns: Any) -> Callable[[Any], None]:
    return lambda content: content["core"]["trees"][0].update(columns)


@pytest.mark.parametrize(
    "edit",
    [
        _leaf_of(float("nan")),
        _leaf_of(float("inf")),
        _tree_with(value=[-2.0, None, -1.0, -1.5, 0.5]),
        _tree_with(left=[0, LEAF, 3, LEAF, LEAF]),
        _tree_with(right=[10**18, LEAF, 4, LEAF, LEAF]),
        _tree_with(feature=[10**30, LEAF, 1, LEAF, LEAF]),
        _tree_with(feature=[0] * 100_000),
        _tree_with(feature=[]),
        lambda content: content["calibration"].update(chances=[0.01, 0.2, 7.0]),
        lambda content: content["preparation"]["inputs"][0].update(scale=0.0),
    ],
    ids=[
        "NaN leaf",
        "infinite leaf",
        "null leaf",
        "path in a circle",
        "child of a huge number",
        "input of a huge number",
        "huge count of nodes",
        "no nodes",
        "chance of 7",
        "scale of 0",
    ],
)
def test_a_tampered_model_of_trees_is_refused_although_its_hash_was_changed_too(
    edit: Callable[[Any], None],
) -> None:
    kept = stored(BOOSTED, seed=1)
    assert outcome_of(Trial(edited(kept, edit), kept.probes.rows)).problem


@pytest.mark.parametrize("weights", [[0.8, -1.0], [0.8, -1.0, 1e999], ["0.8", -1.0, 0.4]])
def test_a_tampered_linear_model_is_refused_although_its_hash_was_changed_too(weights: list[Any]) -> None:
    kept = stored(LINEAR, seed=1)
    text = edited(kept, lambda content: content["core"].update(weights=weights))
    assert outcome_of(Trial(text, kept.probes.rows)).problem


def test_the_child_says_what_is_wrong_and_one_that_ends_is_named() -> None:
    kept = stored(BOOSTED, seed=1)
    with pytest.raises(ModelDamaged, match="leads to a node"):
        load(replaced(kept, edited(kept, _tree_with(left=[0, LEAF, 3, LEAF, LEAF]))))


def test_a_leaf_that_was_changed_with_its_hash_is_betrayed_by_the_probes() -> None:
    kept = stored(BOOSTED, seed=1)
    with pytest.raises(ModelDamaged, match="answers otherwise"):
        load(replaced(kept, edited(kept, _leaf_of(-2.49999999999999))))


def test_a_model_with_a_leaf_that_is_not_finite_is_never_stored() -> None:
    tree = msgspec.structs.replace(_TREE, value=[-2.0, float("nan"), -1.0, -1.5, 0.5])
    with pytest.raises(UnsoundModel, match="leaf"):
        to_bytes(msgspec.structs.replace(BOOSTED, core=Trees([tree])))

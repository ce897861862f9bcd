"""Judges one night's accounts: which inputs are further from the training's than chance takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.drift.chance import Chance, chance_of, scaled
from keepwell.churn.drift.model import PER_LOOK, DriftJudgement, DriftReference, InputDrift, InputReference
from keepwell.churn.drift.reference import counted
from keepwell.churn.drift.statistics import distances, evened

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector

_PLACES = 4


def drift_of(
    reference: DriftReference, values: Mapping[str, Vector], *, seed: int, chance: Chance | None = None
) -> DriftJudgement:
    """How far the `values` of a night's accounts are from the reference, which has an input; NaN is unknown.

    An input that the night lacks is unknown for all of its accounts, of which there is at least one. `chance` is for who judges many
    nights with as many accounts.
    """
    accounts = len(next(iter(values.values())))
    chance = chance or chance_of(reference, accounts=accounts, seed=seed)
    unknown = np.full(accounts, np.nan)
    judged = [
        _judged(place, each, values.get(each.name, unknown), accounts=reference.accounts, chance=chance)
        for place, each in enumerate(reference.inputs)
    ]
    return DriftJudgement(accounts=accounts, inputs=sorted(judged, key=lambda each: (each.chance, each.name)))


def _judged(
    place: int, reference: InputReference, values: Vector, *, accounts: float, chance: Chance
) -> InputDrift:
    before, now = scaled(reference, accounts=accounts), counted(reference.edges, values)
    found = distances(before[None], now[None].astype(float))
    away = (evened(found)[0] - chance.mean[place]) / chance.spread[place]
    by_chance = chance.exceeded(float(away.max()))
    psi, ks, js, _ = (round(each, _PLACES) for each in found[0].tolist())
    usual_psi, usual_ks, usual_js, usual_unknown = (
        round(each, _PLACES) for each in chance.usual[place].tolist()
    )
    return InputDrift(
        name=reference.name,
        psi=psi,
        ks=ks,
        js=js,
        unknown=round(float(now[-1] / now.sum()), _PLACES),
        unknown_before=round(float(before[-1] / before.sum()), _PLACES),
        usual_psi=usual_psi,
        usual_ks=usual_ks,
        usual_js=usual_js,
        usual_unknown=usual_unknown,
        chance=by_chance,
        is_drifted=by_chance <= PER_LOOK,
    )

"""Use case: what the model of the newest list says of accounts that are named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from uuid import UUID

import msgspec
import numpy as np

from keepwell.churn.inference import store
from keepwell.churn.inference.account_scores import (
    AccountScore,
    AccountScores,
    Listed,
    NoSuchAccounts,
    reasons_of,
    recorded_of,
)
from keepwell.churn.inference.batching import Batcher
from keepwell.churn.inference.model import NoServedModel
from keepwell.churn.inference.registry import Models
from keepwell.churn.inference.scorer import Scorer
from keepwell.churn.label import Label
from keepwell.churn.model import ChurnKind, Evaluation, Reason, rounded_probability, signal_of
from keepwell.churn.stored_json import stored_json
from keepwell.platform.database import Readable
from keepwell.platform.errors import DataValidationError

_SHOWN = 5


class AccountScoring(msgspec.Struct, frozen=True):
    """Where accounts are read, and what scores them."""

    reader: Readable
    models: Models
    batcher: Batcher


async def scores_of_accounts(
    work: AccountScoring, names: Sequence[str], *, workspace_id: UUID, with_held: bool
) -> AccountScores:
    """The scores of accounts by their ids or external ids, as the newest list would have them.

    Without `with_held`, an account that is left alone is `not_scored`, as one that is not on the list. Raises NoServedModel before
    the first training, and NoSuchAccounts naming those that are not in the workspace.
    """
    row = await store.NEWEST_LIST.maybe_one(work.reader, workspace_id=workspace_id)
    if row is None:
        raise NoServedModel("No model is trained here.", hint="Train one: ./keepwell churn train")
    found = await _accounts(work.reader, row, names=names, workspace_id=workspace_id, with_held=with_held)
    signal = signal_of(stored_json(row.evaluation, Evaluation, name="evaluation"), was_found=row.signal)
    scored = [each for each in found if each.inputs is not None]
    listed = [_listed(each, row.input_names or ()) for each in scored]
    if signal == "found" and row.has_model and listed:
        scorer = await work.models.version(workspace_id, row.version)
        scores = await _by_model(work.batcher, scorer, listed=listed, row=row)
    else:
        scores = [(_unless_cancelled(each, row.base_rate), each.recorded) for each in listed]
    by_place = {each.place: score for each, score in zip(scored, scores, strict=True)}
    return AccountScores(
        model_version=row.version,
        as_of=row.as_of,
        horizon_days=row.horizon_days,
        signal=signal,
        items=[_item(each, by_place.get(each.place)) for each in found],
    )


async def _accounts(
    reader: Readable,
    row: store.ListRow,
    *,
    names: Sequence[str],
    workspace_id: UUID,
    with_held: bool,
) -> list[store.AccountRow]:
    label = msgspec.json.decode(row.label, type=Label)
    found = await store.ACCOUNTS_OF_LIST.all(
        reader,
        workspace_id=workspace_id,
        names=names,
        ids=[_as_id(name) for name in names],
        run=row.run,
        with_held=with_held,
        is_of_subscriptions=label.name == "subscription",
    )
    missing = [names[each.place - 1] for each in found if each.account_id is None]
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise NoSuchAccounts(
            f"accounts: not in this workspace: {', '.join(missing[:_SHOWN])}{more}.",
            hint="GET /v1/accounts lists them with their ids and external ids.",
        )
    if len(found) > len(names):
        places = [each.place for each in found]
        twice = next(names[place - 1] for place in places if places.count(place) > 1)
        raise DataValidationError(
            f"accounts: {twice} is the id of one account and the external id of another.",
            hint="Name it by its other id.",
        )
    return found


async def _by_model(
    batcher: Batcher, scorer: Scorer, *, listed: Sequence[Listed], row: store.ListRow
) -> list[tuple[float, Sequence[Reason]]]:
    rows = np.array([[each.inputs.get(name, math.nan) for name in scorer.columns] for each in listed])
    chances = await batcher.probabilities(scorer, rows)
    added = await batcher.contributions(scorer, rows)
    return [
        (
            _unless_cancelled(each, chance),
            reasons_of(each, scorer, contributions=terms, as_of=row.as_of, horizon_days=row.horizon_days),
        )
        for each, chance, terms in zip(listed, chances.tolist(), added.tolist(), strict=True)
    ]


def _unless_cancelled(each: Listed, chance: float) -> float:
    """Whoever has announced the end has the rate of such accounts, which no model gives."""
    if any(reason.code == "cancelled" for reason in each.recorded):
        return each.probability
    return float(rounded_probability(chance))


def _listed(row: store.AccountRow, names: Sequence[str]) -> Listed:
    reasons = stored_json(row.reasons or "[]", list[Reason], name="reasons")
    values = [math.nan if value is None else value for value in row.inputs or ()]
    return Listed(
        inputs=dict(zip(names, values, strict=True)),
        probability=row.probability or 0.0,
        recorded=recorded_of(reasons),
    )


def _item(row: store.AccountRow, score: tuple[float, Sequence[Reason]] | None) -> AccountScore:
    assert row.account_id is not None  # noqa: S101  for mypy: those without were named in an error
    assert row.external_id is not None  # noqa: S101  as above
    if score is None:
        return AccountScore(account_id=row.account_id, external_id=row.external_id, state="not_scored")
    probability, reasons = score
    return AccountScore(
        account_id=row.account_id,
        external_id=row.external_id,
        state="scored",
        probability=probability,
        kind=None if row.kind is None else ChurnKind(row.kind),
        reasons=reasons,
    )


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None

"""Scores of accounts by name, as clients ask for them, from the inputs that the newest list has stored."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Protocol
from uuid import UUID

import msgspec

from keepwell.churn.model import ChurnKind, Observation, Reason, Signal, Snapshot, windows_of
from keepwell.churn.predictors import topics_of
from keepwell.churn.scoring import MOST_REASONS, ExplainedPrediction, ExplainedPredictions, reasons_for
from keepwell.platform.database import Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.values.fields import Text

if TYPE_CHECKING:
    from keepwell.churn.inference.scorer import Scorer

MOST_ACCOUNTS = 1_000
_CANCELLED, _PAYMENT_OPEN = "cancelled", "payment_open"
# What a recorded reason says already, or makes untrue.
_SAID_BY = {_CANCELLED: "renewal", _PAYMENT_OPEN: "payment"}


class NoSuchAccounts(NotFound):
    """Some of the accounts are not in this workspace."""

    code = "no-such-accounts"


class AskedAccounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The accounts to score, each by its `id` or its external id."""

    accounts: Annotated[Sequence[Text], msgspec.Meta(min_length=1, max_length=MOST_ACCOUNTS)]


class AccountScore(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says of one account; all but its names is null if the `state` is `not_scored`.

    Then it is not on the newest list: it does not pay, is new since then, or its person was erased.
    """

    account_id: UUID
    external_id: str
    state: Literal["scored", "not_scored"]
    probability: float | None = None
    kind: ChurnKind | None = None
    reasons: Sequence[Reason] = ()


class AccountScores(msgspec.Struct, frozen=True, kw_only=True):
    """The scores, in the order of the request, by the model of the newest list from what it had seen on the day `as_of`.

    Unless the model's `signal` was found, every account that has not cancelled has the same probability.
    """

    model_version: int
    as_of: date
    horizon_days: int
    signal: Signal
    items: Sequence[AccountScore]


class ScoreAccounts(Protocol):
    """Scores accounts by name with the models that are loaded."""

    async def __call__(
        self, reader: Readable, names: Sequence[str], *, workspace_id: UUID, with_held: bool
    ) -> AccountScores:
        """The scores, in the order of the names."""
        ...


class Listed(NamedTuple):
    """An account of the list: what was seen of it, and the reasons that were on record."""

    inputs: Mapping[str, float]
    probability: float
    recorded: Sequence[Reason]


def observed(listed: Listed, *, as_of: date, horizon_days: int) -> Observation:
    """The account as its inputs say it was; what is on record beyond them is in its recorded reasons."""
    tenure = listed.inputs.get("tenure_days", math.nan)
    paid_days = listed.inputs.get("days_to_renewal", math.nan)
    snapshot = Snapshot(
        account_id=UUID(int=0),
        external_id="",
        as_of=as_of,
        plan="",
        mrr=Fraction(),
        tenure_days=0 if math.isnan(tenure) else int(tenure),
        is_annual=False,
        paid_until=None if math.isnan(paid_days) else as_of + timedelta(days=int(paid_days)),
    )
    return Observation(snapshot=snapshot, windows=windows_of(horizon_days), values=listed.inputs)


def recorded_of(reasons: Sequence[Reason]) -> list[Reason]:
    """Of the reasons, those that need no model."""
    return [each for each in reasons if each.code in _SAID_BY]


def reasons_of(
    listed: Listed, scorer: Scorer, *, contributions: Sequence[float], as_of: date, horizon_days: int
) -> list[Reason]:
    """The reasons of an account as a list words them: what is on record, then the topics that raise its risk most."""
    found = list(listed.recorded)
    said = {_SAID_BY[each.code] for each in found}
    topics = [topic for topic in topics_of(scorer.columns) if topic.name not in said]
    added = [sum(contributions[scorer.places[name]] for name in topic.inputs) for topic in topics]
    predictions = ExplainedPredictions(
        accounts=[ExplainedPrediction(listed.probability, added)],
        topics=topics,
        typical={name: scorer.typical(name) for name in scorer.columns},
    )
    seen = observed(listed, as_of=as_of, horizon_days=horizon_days)
    return [*found, *reasons_for(seen, predictions, place=0)][:MOST_REASONS]

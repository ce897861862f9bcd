"""The model that lists are made with: the champion, checked before it is read; and others, to compare them with it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from keepwell.churn.doors.model import Question
from keepwell.churn.label import Label
from keepwell.churn.learning.announced import AnnouncedRates
from keepwell.churn.listing import Ranking
from keepwell.churn.model import Evaluation, signal_of
from keepwell.churn.provenance.model import Provenance
from keepwell.churn.sources.coverage import SourceName
from keepwell.churn.stored_json import stored_json
from keepwell.churn.trained import store
from keepwell.churn.trained.service import load_model
from keepwell.platform.database import Readable
from keepwell.platform.errors import DomainError


class ModelNotKept(DomainError):
    """The model found a signal, and the release that trained it did not keep its numbers."""

    code = "model-not-kept"


class ServedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model with what a list is ranked by, what it was asked, and the sources that it did not read."""

    version: int
    label: Label
    horizon_days: int
    ranking: Ranking
    without: Sequence[SourceName]

    @property
    def question(self) -> Question:
        """What it was asked, with the money that its label knows and no other."""
        return Question(
            label=self.label.name,
            horizon_days=self.horizon_days,
            active_within_days=self.label.active_within_days,
            amount=self.label.amount_property,
            amounts=(),
        )


async def served_model(
    reader: Readable, *, workspace_id: UUID, version: int | None = None
) -> ServedModel | None:
    """The champion, with which lists are made, or the model of the `version`; None if there is none.

    Raises ModelDamaged and ModelNotKept.
    """
    row = await store.SERVED_MODEL.maybe_one(reader, workspace_id=workspace_id, version=version)
    if row is None:
        return None
    made_of = None if row.provenance is None else stored_json(row.provenance, Provenance, name="provenance")
    return ServedModel(
        version=row.version,
        label=msgspec.json.decode(row.label, type=Label),
        horizon_days=row.horizon_days,
        ranking=await _ranking(reader, row, workspace_id=workspace_id),
        without=() if made_of is None else made_of.without,
    )


async def _ranking(reader: Readable, row: store.ServedRow, *, workspace_id: UUID) -> Ranking:
    evaluation = stored_json(row.evaluation, Evaluation, name="evaluation")
    fitted = await load_model(reader, workspace_id=workspace_id, version=row.version)
    has_signal = signal_of(evaluation, was_found=row.signal) == "found"
    if has_signal and fitted is None:
        raise ModelNotKept(
            f"Model {row.version} is of a release that did not keep its numbers.",
            hint="Train a new one: ./keepwell churn train",
        )
    announced = AnnouncedRates(horizon_days=row.horizon_days, later=row.base_rate)
    if row.announced is not None:
        announced = stored_json(row.announced, AnnouncedRates, name="announced")
    return Ranking(
        model=fitted if has_signal else None,
        base_rate=row.base_rate,
        announced=announced,
        system_events=evaluation.system_events,
    )

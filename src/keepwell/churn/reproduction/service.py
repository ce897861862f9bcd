"""Use case: train a model again as of the instant at which it was trained, and compare it bit by bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.churn.doors.model import KnownAccount
from keepwell.churn.doors.subscriptions import BillingRecords
from keepwell.churn.history import History, TrainingContext, TrainingSources, lake_read, learned_from
from keepwell.churn.learning.fitted.serialised import to_bytes
from keepwell.churn.model import Score
from keepwell.churn.pipeline import LearningResult
from keepwell.churn.provenance.model import InputName, Provenance
from keepwell.churn.reproduction import store
from keepwell.churn.reproduction.model import LakeCut, NotReproducible, Reproduction, checks_of, cut_of
from keepwell.churn.sources.coverage import SourceName
from keepwell.churn.stored_json import stored_json
from keepwell.churn.trained.service import load_model
from keepwell.intake import service as intake
from keepwell.platform.database import Connection
from keepwell.records.erasure import service as erasures
from keepwell.records.erasure.model import ErasureItem
from keepwell.revenue.rates.service import stored_rates

# Of whatever may be many.
_NAMED = 3


class _Past(msgspec.Struct, frozen=True, kw_only=True):
    kept: store.KeptModel
    provenance: Provenance
    scores: Sequence[store.KeptScore]
    history: History
    changed: Sequence[store.ChangedRecords]
    erased: Sequence[ErasureItem]


async def reproduce(work: TrainingContext, *, workspace_id: UUID, version: int) -> Reproduction:
    """Train the model again, on the records as they stood then as far as they can still be read so, and compare. Stores nothing.

    Raises NotFound, NotReproducible if what it was made of was not kept, ModelDamaged if the stored model is not what was stored, CorruptData
    if a file of the lake is not what was built, and what a training raises.
    """
    async with work.database.workspace(workspace_id) as connection:
        past = await _past(connection, workspace_id=workspace_id, version=version)
    was = past.provenance
    with intake.lake_errors():
        lake = lake_read(intake.lake_events(work.lake, workspace_id=workspace_id))
    cut = cut_of(was.lake, lake)
    # As the training was asked for, on whichever engine is asked for now.
    again = msgspec.structs.replace(
        work,
        rungs=was.rungs,
        rule=msgspec.structs.asdict(was.rule),
        read=TrainingSources(engine=work.read.engine, without=was.without),
    )
    found = learned_from(
        again, past.history, workspace_id=workspace_id, question=was.question, files=cut.files
    )
    now = found.provenance
    if cut.why is None:
        now = msgspec.structs.replace(now, events=was.events)
    differing = _differing(past, found.result)
    model_is_equal = _is_same_model(past.kept, found.result)
    checks = checks_of(was, now, reasons=_reasons(past, cut))
    return Reproduction(
        version=version,
        is_equal=model_is_equal and not differing,
        model_is_equal=model_is_equal,
        chances_are_equal=not differing,
        accounts=len(past.scores),
        accounts_that_differ=differing,
        first_difference=next((each.name for each in checks if not each.is_equal), None),
        inputs=checks,
        notes=_notes(past, cut),
    )


async def _past(connection: Connection, *, workspace_id: UUID, version: int) -> _Past:
    # Before anything is compared with it.
    await load_model(connection, workspace_id=workspace_id, version=version)
    own = {"workspace_id": workspace_id, "version": version}
    kept = await store.KEPT_MODEL.one(connection, **own)
    if kept.provenance is None:
        raise NotReproducible(
            f"What model {version} was made of was not kept: an earlier release trained it.",
            hint="Train a new one: ./keepwell churn train",
        )
    provenance = stored_json(kept.provenance, Provenance, name="provenance")
    recorded = {"workspace_id": workspace_id, "recorded_until": kept.trained_at}
    return _Past(
        kept=kept,
        provenance=provenance,
        scores=await store.KEPT_SCORES.all(connection, workspace_id=workspace_id, run=kept.run),
        history=await _history(
            connection, provenance, workspace_id=workspace_id, recorded_until=kept.trained_at
        ),
        changed=await store.CHANGED.all(connection, **recorded, records_version=provenance.records_version),
        erased=await erasures.erased_after(connection, kept.trained_at, workspace_id=workspace_id),
    )


async def _history(
    connection: Connection, was: Provenance, *, workspace_id: UUID, recorded_until: datetime
) -> History:
    """The records as they stood then, apart from changes that no import made; exchange rates as they are."""
    own = {"workspace_id": workspace_id, "recorded_until": recorded_until}
    on = recorded_until.date()
    billing = BillingRecords()
    if SourceName.PAYMENTS not in was.without:
        days = await store.BILLING_DAYS.all(connection, **own, before=on)
        billing = BillingRecords(
            problems=await store.PAYMENT_PROBLEMS.all(connection, **own, today=on),
            days=[each.day for each in days],
            recorded_on=was.billing_on,
        )
    return History(
        read_at=recorded_until,
        accounts=[
            KnownAccount(row.id, row.external_id) for row in await store.ACCOUNTS.all(connection, **own)
        ],
        spans=[row.span for row in await store.SPANS.all(connection, **own)],
        rates=await stored_rates(connection, workspace_id=workspace_id),
        billing=billing,
        kept_as_of=None,
        records_version=was.records_version,
    )


def _is_same_model(kept: store.KeptModel, found: LearningResult) -> bool:
    text = None if found.model is None else to_bytes(found.model)
    return text == kept.model and found.base_rate == kept.base_rate


def _differing(past: _Past, found: LearningResult) -> int:
    """How many accounts have another line, or only one; none if the lines are no longer kept.

    An erased person's inputs are not compared, since they are gone.
    """
    if not past.scores:
        return 0
    lines = {each.account_id: each for each in found.scores}
    names = (past.kept.input_names, list(found.studied.current[0].values) if found.studied.current else [])
    differing = sum(
        (other := lines.pop(each.account_id, None)) is None or not _is_same(each, other, names=names)
        for each in past.scores
    )
    return differing + len(lines)


def _is_same(
    kept: store.KeptScore, found: Score, *, names: tuple[Sequence[str] | None, Sequence[str]]
) -> bool:
    line = (kept.rank, kept.probability, kept.mrr, kept.revenue_at_risk)
    if line != (found.rank, float(found.probability), found.mrr, found.revenue_at_risk):
        return False
    of_kept, of_found = names
    if kept.inputs is None or of_kept is None:
        return True
    # Lists that an earlier release made have the names in another order.
    return dict(zip(of_kept, kept.inputs, strict=True)) == dict(zip(of_found, found.inputs, strict=True))


def _reasons(past: _Past, cut: LakeCut) -> Mapping[InputName, str]:
    """Why the data of a source differ, if they do."""
    erased = _erased(past.erased)
    return {
        "accounts": _why_changed(past, ["accounts"]),
        "subscriptions": _why_changed(past, ["subscriptions"]),
        "payments": _why_changed(past, ["invoices", "charges", "subscriptions"]),
        "events": "; ".join([*([] if cut.why is None else [cut.why]), *erased]),
        "exchange_rates": "rates were set since",
    }


def _why_changed(past: _Past, kinds: Sequence[str]) -> str:
    records = [
        f"{each.records - each.imported:,} {each.kind} were changed since, and not by an import "
        f"({', '.join(map(str, each.others))})"
        for each in past.changed
        if each.others and each.kind in kinds
    ]
    unknown = "records were changed since in a way that the feed of changes does not name"
    return "; ".join([*_erased(past.erased), *records]) or unknown


def _erased(erased: Sequence[ErasureItem]) -> list[str]:
    if not erased:
        return []
    named = ", ".join(f"{each.account_id} on {each.erased_at:%Y-%m-%d}" for each in erased[:_NAMED])
    more = f" and {len(erased) - _NAMED:,} more" if len(erased) > _NAMED else ""
    return [f"the erasure log has persons erased since: account {named}{more}"]


def _notes(past: _Past, cut: LakeCut) -> list[str]:
    imported = sum(each.imported for each in past.changed)
    notes = [] if cut.note is None else [cut.note]
    if not past.scores:
        notes.append(
            "Its training made no list, or the scores of it are no longer kept, so only the model itself was compared."
        )
    if imported:
        notes.append(f"{imported:,} records that imports have written since were read as they were before.")
    return notes

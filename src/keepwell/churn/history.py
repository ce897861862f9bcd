"""What a training, or a run with a trained model, reads of a workspace, and what comes of it: the same records and clock give the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec

from keepwell.churn import store
from keepwell.churn.billing_records import store as billing_store
from keepwell.churn.doors.door import Door
from keepwell.churn.doors.inactivity import Inactivity
from keepwell.churn.doors.looking import Looked, look
from keepwell.churn.doors.model import DEFAULT_ACTIVE_WITHIN, KnownAccount, Question
from keepwell.churn.doors.subscriptions import BillingRecords, Subscriptions
from keepwell.churn.listing import Ranking, TodaysList, reads_of, score_today
from keepwell.churn.pipeline import SEED, LearningResult, learn
from keepwell.churn.provenance.environment import environment
from keepwell.churn.provenance.model import (
    FileRead,
    LakeRead,
    Provenance,
    data_of_accounts,
    data_of_lake,
    data_of_payments,
    data_of_rates,
    data_of_spans,
)
from keepwell.churn.report import USUAL_RULE, USUAL_RUNG, MoneyRule, RungName
from keepwell.churn.sources.coverage import SourceName
from keepwell.churn.sources.event_survey import reduced
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.importing.import_log import service as import_log
from keepwell.intake import service as intake
from keepwell.intake.lake.model import Engine
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database
from keepwell.platform.feed import service as feed
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import Progress
from keepwell.records.accounts import service as accounts
from keepwell.revenue import service as revenue
from keepwell.revenue.model import DEFAULT_POLICY, PayingSpan, Rates
from keepwell.revenue.rates.service import stored_rates

if TYPE_CHECKING:
    from keepwell.intake.service import LakeEvents


class TrainingSources(msgspec.Struct, frozen=True, kw_only=True):
    """What a training reads: `engine` reads the lake, and the sources of `without` are left out."""

    engine: Engine = "duckdb"
    without: Collection[SourceName] = ()


class TrainingContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a training needs; `holdout` decides who is left alone, and the best of the `rungs` is served.

    `rule` has the fields of the MoneyRule that somebody named. For the rest, the workspace's contact cost and the usual rule hold.
    """

    database: Database
    lake: Path
    read: TrainingSources = TrainingSources()
    rungs: Sequence[RungName] = (USUAL_RUNG,)
    rule: Mapping[str, float] = {}
    holdout: Holdout
    clock: Clock
    progress: Progress


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What the database knew of a workspace at `read_at`: its accounts, subscriptions, payments, and the day of the list that exists.

    `contact_cost` is in the workspace's currency, and None if nobody has said what a contact costs.
    """

    read_at: datetime
    accounts: Sequence[KnownAccount]
    spans: Sequence[PayingSpan]
    rates: Rates
    billing: BillingRecords
    kept_as_of: date | None
    records_version: int
    contact_cost: float | None = None


class Learned(NamedTuple):
    """What was learnt, and of what."""

    result: LearningResult
    provenance: Provenance


async def read_history(work: TrainingContext, *, workspace_id: UUID) -> History:
    """What a training reads of the database, from one snapshot of it."""
    async with work.database.snapshot(workspace_id) as connection:
        now = work.clock.now()
        settings = await workspace_settings(connection, workspace_id)
        newest = await store.LIST.maybe_one(connection, workspace_id=workspace_id, run=None)
        billing = BillingRecords()
        if SourceName.PAYMENTS not in work.read.without:
            billing = await _billing(connection, workspace_id=workspace_id, before=now.date())
        return History(
            read_at=now,
            accounts=await known_accounts(connection, workspace_id=workspace_id),
            spans=await revenue.paying_spans(connection, workspace_id=workspace_id),
            rates=await stored_rates(connection, workspace_id=workspace_id),
            billing=billing,
            kept_as_of=None if newest is None else newest.as_of,
            records_version=await feed.newest(connection, workspace_id=workspace_id),
            contact_cost=None if settings.contact_cost is None else float(settings.contact_cost),
        )


async def known_accounts(connection: Connection, *, workspace_id: UUID) -> Sequence[KnownAccount]:
    """The accounts on record."""
    found = await accounts.attributes(connection, workspace_id=workspace_id)
    return [KnownAccount(each.id, each.external_id) for each in found]


def learn_from(
    work: TrainingContext, history: History, *, workspace_id: UUID, question: Question
) -> LearningResult:
    """Train on a history and the lake, and store nothing; raises as `learn` does."""
    return learned_from(work, history, workspace_id=workspace_id, question=question).result


def learned_from(
    work: TrainingContext,
    history: History,
    *,
    workspace_id: UUID,
    question: Question,
    files: Collection[str] | None = None,
) -> Learned:
    """Learn as of the instant at which the history was read, and say of what; of the lake only these `files`, if they are given.

    The order of records decides the last bits of a fit, and the database promises none: so they are sorted. Raises as `learn`, and
    CorruptData, before anything is read, if the bytes of a file of the lake are not those that were built.
    """
    history = _sorted(history)
    rule = _rule(history, work.rule)
    with intake.lake_errors():
        events = _events_of(work, workspace_id=workspace_id, files=files)
        result = learn(
            _door(history, question),
            reduced(events.table, work.read.without),
            today=history.read_at.date(),
            horizon_days=question.horizon_days,
            progress=work.progress,
            kept_as_of=history.kept_as_of,
            rungs=work.rungs,
            rule=rule,
        )
    chosen = None if result.report is None else result.report.chosen
    made_of = _provenance(work, history, lake_read(events), question=question, rule=rule, chosen=chosen)
    return Learned(result, made_of)


def _provenance(
    work: TrainingContext,
    history: History,
    lake: LakeRead,
    *,
    question: Question,
    rule: MoneyRule,
    chosen: RungName | None,
) -> Provenance:
    return Provenance(
        accounts=data_of_accounts(history.accounts),
        subscriptions=data_of_spans(history.spans),
        payments=data_of_payments(history.billing.problems, history.billing.days),
        exchange_rates=data_of_rates(history.rates, {each.currency for each in history.spans}),
        events=data_of_lake(lake.files),
        lake=lake,
        billing_on=history.billing.recorded_on,
        records_version=history.records_version,
        policy=DEFAULT_POLICY,
        engine=work.read.engine,
        without=sorted(work.read.without),
        rungs=work.rungs,
        rule=rule,
        chosen=chosen,
        label=question.label,
        horizon_days=question.horizon_days,
        active_within_days=question.active_within_days,
        amount=question.amount,
        seed=SEED,
        environment=environment(),
    )


def _rule(history: History, said: Mapping[str, float]) -> MoneyRule:
    settled = {} if history.contact_cost is None else {"contact_cost": history.contact_cost}
    return msgspec.structs.replace(USUAL_RULE, **{**settled, **said})


def list_from(
    work: TrainingContext, history: History, ranking: Ranking, *, workspace_id: UUID, question: Question
) -> TodaysList:
    """The list by a model that exists, as of the instant at which the history was read; raises as `score_today`, and CorruptData as `learned_from`."""
    history = _sorted(history)
    with intake.lake_errors():
        events = _events_of(work, workspace_id=workspace_id)
        return score_today(
            _door(history, question),
            reduced(events.table, work.read.without),
            ranking,
            today=history.read_at.date(),
            horizon_days=question.horizon_days,
            progress=work.progress,
            kept_as_of=history.kept_as_of,
        )


def looked_at(
    work: TrainingContext, history: History, ranking: Ranking, *, workspace_id: UUID, question: Question
) -> Looked:
    """The accounts and days as a model that exists sees them, without a list: to learn what became of them; raises as `look` does."""
    history = _sorted(history)
    with intake.lake_errors():
        events = _events_of(work, workspace_id=workspace_id)
        return look(
            _door(history, question),
            reduced(events.table, work.read.without),
            today=history.read_at.date(),
            horizon_days=question.horizon_days,
            progress=work.progress,
            reads=reads_of(ranking),
        )


def _events_of(
    work: TrainingContext, *, workspace_id: UUID, files: Collection[str] | None = None
) -> LakeEvents:
    """The lake, or these `files` of it, as it was built: an engine reads a file with some other events in it as well."""
    events = intake.lake_events(work.lake, workspace_id=workspace_id, engine=work.read.engine, only=files)
    intake.require_unchanged(work.lake, events.files, workspace_id=workspace_id)
    return events


def lake_read(events: LakeEvents) -> LakeRead:
    """What was read of the lake."""
    files = [FileRead(each.name, each.rows, each.sha256, each.segments) for each in events.files]
    return LakeRead(files=files, segments=events.segments)


def _sorted(history: History) -> History:
    problems, days = history.billing.problems, history.billing.days
    return msgspec.structs.replace(
        history,
        accounts=sorted(history.accounts),
        spans=sorted(history.spans, key=lambda each: each.subscription_id),
        billing=msgspec.structs.replace(
            history.billing,
            problems=sorted(problems, key=lambda each: (each.account_id, each.since, each.kind)),
            days=sorted(days),
        ),
    )


def _door(history: History, question: Question) -> Door:
    if question.label == "subscription":
        return Subscriptions(history.spans, rates=history.rates, billing=history.billing)
    return Inactivity(
        history.accounts,
        active_within_days=question.active_within_days or DEFAULT_ACTIVE_WITHIN,
        amount=question.amount,
        amounts=question.amounts,
    )


async def _billing(connection: Connection, *, workspace_id: UUID, before: date) -> BillingRecords:
    """The records about payments; a reading of Stripe covers the days before it even if nothing changed on them."""
    reading = await import_log.last_reading(connection, workspace_id=workspace_id, source="stripe")
    return BillingRecords(
        problems=await billing_store.PAYMENT_PROBLEMS.all(
            connection, workspace_id=workspace_id, today=before
        ),
        days=[
            each.day
            for each in await billing_store.BILLING_DAYS.all(
                connection, workspace_id=workspace_id, before=before
            )
        ],
        recorded_on=None if reading is None else reading.astimezone(UTC).date() - timedelta(days=1),
    )

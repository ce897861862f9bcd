"""From subscriptions and events to an evaluated model and a save list, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import ibis
import msgspec
import numpy as np

from keepwell.churn.counting.columns import Inputs, Recorded, inputs_of, observations, recorded
from keepwell.churn.counting.paying import (
    PaidSnapshots,
    SpanColumns,
    as_snapshots,
    departures,
    paid_snapshots,
    span_columns,
)
from keepwell.churn.learning.announced import announced_rates
from keepwell.churn.learning.choosing import choose_and_fit
from keepwell.churn.learning.examples import ExampleTable, require_usable
from keepwell.churn.learning.fitted.batches import contributions, probabilities
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.splits import RollingOrigin, rolling_origin
from keepwell.churn.learning.statement import statement
from keepwell.churn.model import (
    Evaluation,
    HeldOut,
    NothingToScore,
    Observation,
    PaymentProblem,
    Score,
    TooLittleHistory,
    windows_of,
)
from keepwell.churn.predictors import topics_of
from keepwell.churn.report import USUAL_RUNG, ModelReport, RungName
from keepwell.churn.scoring import Prediction, Predictions, score
from keepwell.churn.snapshots import SpansByAccount, change_days, complete_days, scored_on, spans_by_account
from keepwell.churn.sources.coverage import (
    Coverage,
    Silence,
    Source,
    SourceName,
    SourceSilent,
    coverage_of,
    first_covered,
)
from keepwell.churn.sources.event_survey import EventDays, event_days, system_events, without
from keepwell.platform.progress import Progress
from keepwell.revenue.model import PayingSpan, Rates

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Matrix

# Of every draw of a training: the same records give the same model.
SEED = 20_240_501


class Studied(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt from, up to the day `observed`: `past` has the rows of the split's table, `inputs` those of `current`."""

    spans: SpanColumns
    past: PaidSnapshots
    split: RollingOrigin
    current: Sequence[Observation]
    inputs: Matrix
    observed: date


class LearningResult(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluated model and its save list as of a day; `model` is None if there was too little to fit.

    `held_out` are the predictions that the evaluation judges, whether or not a signal was found in them; `studied` is for who
    looks closer.
    """

    as_of: date
    horizon_days: int
    model: FittedModel | None
    base_rate: float
    evaluation: Evaluation
    statement: str
    scores: Sequence[Score]
    studied: Studied
    report: ModelReport | None = None
    held_out: HeldOut = HeldOut()
    silence: Silence | None = None


class BillingRecords(msgspec.Struct, frozen=True, kw_only=True):
    """Payment problems on record, the days with invoices and charges, and the last day that all billing is known to cover."""

    problems: Sequence[PaymentProblem] = ()
    days: Sequence[date] = ()
    recorded_on: date | None = None


_NO_BILLING = BillingRecords()


def learn(
    spans: Iterable[PayingSpan],
    events: ibis.Table,
    *,
    rates: Rates,
    billing: BillingRecords = _NO_BILLING,
    today: date,
    horizon_days: int,
    progress: Progress,
    kept_as_of: date | None = None,
    rungs: Sequence[RungName] = (USUAL_RUNG,),
) -> LearningResult:
    """Train on snapshots one horizon apart, evaluate on the latest of them, and score the accounts that pay today.

    The `rates` convert amounts into the report's currency; `kept_as_of` is the day of the list that exists; of the `rungs`,
    the best is served.

    Raises NothingToScore if no account pays, TooLittleHistory if no whole horizon has been observed, and SourceSilent if a
    source has gone silent, so that no list newer than the existing one can be made.
    """
    by_account = spans_by_account(spans)
    with progress.step("Looking through events", total=None):
        systems = system_events(events)
        events = without(events, systems)
        seen_days = event_days(events, before=today)
    coverage = _coverage(by_account, seen_days, billing=billing, today=today)
    if coverage.silence is not None and kept_as_of is not None and coverage.until <= kept_as_of:
        raise SourceSilent(coverage.silence, kept_as_of=kept_as_of)
    observed, first_event_on = coverage.until, first_covered(seen_days.usage)
    has_usage = bool(seen_days.all) or coverage.silence is not None
    as_of = scored_on(by_account, observed=observed, has_events=has_usage, today=today)
    columns = span_columns(span for own in by_account.values() for span in own)
    current = _current(columns, as_of, rates=rates, today=today)
    past = _past(columns, by_account, observed, rates=rates, horizon_days=horizon_days)
    covered = past.where(_is_covered(past, first_event_on, horizon_days=horizon_days))
    with progress.step("Reading activity", total=None):
        on_record = recorded(columns, events, problems=billing.problems, before=as_of)
    with progress.step("Counting", total=None):
        # A payment is known on the day after it; what was paid after the day of the scores is known today.
        examples = _examples(on_record, covered, horizon_days=horizon_days)
        known_on = np.full(len(current.days), today.toordinal())
        inputs = inputs_of(on_record, current, horizon_days=horizon_days, known_on=known_on)
    split, announced = rolling_origin(examples, until=observed), examples.where(examples.has_cancelled)
    # Hundreds of megabytes of a large workspace, and both parts of it are copies.
    del examples
    with progress.step("Training", total=len(rungs)) as step:
        trained = choose_and_fit(split, external_ids=columns.external_ids, rungs=rungs, step=step, seed=SEED)
    evaluation = msgspec.structs.replace(trained.evaluation, system_events=systems)
    base = _base_rate(split.table, columns, past, horizon_days=horizon_days)
    snapshots = as_snapshots(columns, current, own=by_account, rates=rates)
    now = observations(snapshots, inputs, windows=windows_of(horizon_days))
    return LearningResult(
        as_of=as_of,
        horizon_days=horizon_days,
        model=trained.model,
        base_rate=base,
        evaluation=evaluation,
        statement=statement(
            evaluation, split, base=base, horizon_days=horizon_days, silence=coverage.silence
        ),
        scores=score(
            now,
            predictions=None
            if trained.model is None or evaluation.signal != "found"
            else _predictions(trained.model, inputs),
            base_rate=base,
            announced=announced_rates(announced, horizon_days=horizon_days, base_rate=base),
        ),
        studied=Studied(
            spans=columns,
            past=covered.where(~covered.has_cancelled),
            split=split,
            current=now,
            inputs=inputs.values,
            observed=observed,
        ),
        report=trained.report,
        held_out=trained.held_out,
        silence=coverage.silence,
    )


def _predictions(model: FittedModel, inputs: Inputs) -> Predictions:
    topics = topics_of(inputs.names)
    place = {name: number for number, name in enumerate(inputs.names)}
    added = contributions(model, inputs.values)
    by_topic = np.column_stack(
        [added[:, [place[name] for name in topic.inputs]].sum(axis=1) for topic in topics]
    )
    chances = probabilities(model, inputs.values).tolist()
    return Predictions(
        accounts=[Prediction(*each) for each in zip(chances, by_topic.tolist(), strict=True)],
        topics=topics,
        typical={name: model.preparation.typical(name) for name in inputs.names},
    )


def _base_rate(
    examples: ExampleTable, spans: SpanColumns, past: PaidSnapshots, *, horizon_days: int
) -> float:
    """The share that left of accounts that had not announced it; without activity, of those in all of the past."""
    if len(examples.labels):
        return examples.base_rate
    unannounced = past.where(~past.has_cancelled)
    left = departures(spans, unannounced, horizon_days=horizon_days)
    return float(left.mean()) if len(left) else 0.0


def _coverage(
    by_account: SpansByAccount, seen: EventDays, *, billing: BillingRecords, today: date
) -> Coverage:
    read_on = billing.recorded_on
    # Events about payments come from the tracker, or from billing: they prove that payments go on, never that they stopped.
    paid_on = max([day for day in (read_on, *seen.others[-1:]) if day is not None], default=None)
    return coverage_of(
        [
            Source(name=SourceName.EVENTS, days=seen.usage),
            Source(
                name=SourceName.SUBSCRIPTIONS, days=change_days(by_account, before=today), read_on=read_on
            ),
            Source(name=SourceName.PAYMENTS, days=billing.days, read_on=paid_on),
        ],
        today=today,
    )


def _current(spans: SpanColumns, as_of: date, *, rates: Rates, today: date) -> PaidSnapshots:
    """The accounts that pay on the day of the scores, and still do today: an announced end may have passed since."""
    current = paid_snapshots(spans, [as_of], rates=rates)
    current = current.where(spans.pay_on(today)[current.accounts])
    if not len(current.days):
        hint = "Import subscriptions that run on that day: ./keepwell import --help"
        raise NothingToScore(f"No account pays on {today}, so there is none to lose.", hint=hint)
    return current


def _past(
    spans: SpanColumns, by_account: SpansByAccount, until: date, *, rates: Rates, horizon_days: int
) -> PaidSnapshots:
    """Each paying account on each day whose horizon ends by `until`."""
    days = complete_days(by_account, until=until, horizon_days=horizon_days)
    past = paid_snapshots(spans, days, rates=rates) if days else None
    if past is None or not len(past.days):
        hint = "Train again later, or with a shorter --horizon."
        raise TooLittleHistory(f"No account had paid {horizon_days} days before {until}.", hint=hint)
    return past


def _is_covered(past: PaidSnapshots, first_event_on: date | None, *, horizon_days: int) -> Mask:
    """Whether events were recorded for all of the longest window; true if there are no events at all."""
    first = 0 if first_event_on is None else first_event_on.toordinal() + windows_of(horizon_days).long
    is_covered: Mask = past.days >= first
    return is_covered


def _examples(on_record: Recorded, taken: PaidSnapshots, *, horizon_days: int) -> ExampleTable:
    """The inputs of `taken` with what happened afterwards."""
    inputs = inputs_of(on_record, taken, horizon_days=horizon_days, known_on=taken.days - 1)
    table = ExampleTable(
        names=inputs.names,
        inputs=inputs.values,
        labels=departures(on_record.spans, taken, horizon_days=horizon_days).astype(np.int64),
        accounts=taken.accounts,
        days=taken.days,
        mrr=taken.mrr,
        is_annual=taken.is_annual,
        has_open_payment=inputs.payments.is_open,
        has_cancelled=taken.has_cancelled,
    )
    require_usable(table)
    return table

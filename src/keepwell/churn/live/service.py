"""Use cases: the verdict on the served probabilities, what lists turned out to be worth, and drift. They read what `nightly` has stored."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from keepwell.churn.drift.model import DriftJudgement, DriftReport, Look
from keepwell.churn.label import Label
from keepwell.churn.live import store
from keepwell.churn.live.model import (
    Baseline,
    ExpectedFigures,
    JudgedList,
    LiveFigures,
    LiveReport,
    TestedList,
    Verdict,
    Wagers,
)
from keepwell.churn.live.verdict import verdict_of
from keepwell.churn.report import ModelReport
from keepwell.churn.stored_json import stored_json
from keepwell.identity import service as identity
from keepwell.platform.database import Readable
from keepwell.platform.pagination.cursors import PageEnd, RowPage

_SHOWN = 60


async def verdict(reader: Readable, *, workspace_id: UUID) -> Verdict | None:
    """Whether the probabilities of the served model hold; None before the first training."""
    serving = await store.SERVING.maybe_one(reader, workspace_id=workspace_id)
    if serving is None:
        return None
    last = await store.LAST_TEST.maybe_one(reader, workspace_id=workspace_id)
    if last is not None and not _is_alike(last, serving):
        last = None
    night = await store.LAST_NIGHT.maybe_one(reader, workspace_id=workspace_id)
    return verdict_of(
        None if last is None else _wagers(last),
        serving=serving.version,
        next_on=_next_on(last, serving),
        smallest_visible=None if night is None else night.smallest_visible,
    )


async def live_report(reader: Readable, *, workspace_id: UUID) -> LiveReport:
    """The verdict with the figures behind it; raises ModelDamaged if what was stored cannot be read."""
    found = await verdict(reader, workspace_id=workspace_id)
    currency = await identity.currency(reader)
    serving = await store.SERVING.maybe_one(reader, workspace_id=workspace_id)
    if found is None or serving is None:
        return LiveReport(verdict=None, currency=currency)
    tests = [
        each
        for each in await store.TESTS.all(reader, workspace_id=workspace_id, limit=_SHOWN)
        if _is_alike(each, serving)
    ]
    night = await store.LAST_NIGHT.maybe_one(reader, workspace_id=workspace_id)
    last = tests[0] if tests and found.state != "waiting" else None
    return LiveReport(
        verdict=found,
        currency=currency,
        baseline=None if serving.report is None else _baseline(serving.report),
        together=None if last is None else _figures(last.figures),
        left_alone=None if last is None or last.left_alone is None else _figures(last.left_alone),
        expected=None
        if night is None
        else stored_json(night.expected, ExpectedFigures, name="expected figures"),
        tests=[_tested(each) for each in tests],
    )


async def judged_lists(
    reader: Readable, _filters: None, *, workspace_id: UUID, limit: int, after: PageEnd | None = None
) -> RowPage[JudgedList]:
    """A page of the judgements of lists, newest list first, and of a list the latest first."""
    run, _, days = ("" if after is None else after.key).partition(".")
    rows = await store.JUDGED.all(
        reader,
        workspace_id=workspace_id,
        before=int(run) if run else None,
        before_days=int(days) if days else None,
        limit=limit + 1,
    )
    items = [_judged(each) for each in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    end = None if last is None else PageEnd(f"{last.run_number}.{last.known_days}", workspace_id)
    return RowPage(items, end)


async def drift_report(reader: Readable, *, workspace_id: UUID) -> DriftReport:
    """The drift of the newest list, and what the weekly looks found."""
    night = await store.LAST_NIGHT.maybe_one(reader, workspace_id=workspace_id)
    if night is None:
        return DriftReport()
    looks = await store.LOOKS.all(reader, workspace_id=workspace_id, limit=_SHOWN)
    drift = None if night.drift is None else stored_json(night.drift, DriftJudgement, name="drift")
    return DriftReport(
        run=night.run_number,
        as_of=night.as_of,
        model_version=night.model_version,
        accounts=None if drift is None else drift.accounts,
        inputs=None if drift is None else drift.inputs,
        looks=[
            Look(
                run=each.run_number,
                as_of=each.as_of,
                model_version=each.model_version,
                drifted=each.drifted,
            )
            for each in looks
        ],
    )


def _next_on(last: store.TestRow | None, serving: store.ServingRow) -> date | None:
    """The day on which the outcomes of the next list to judge are known at the earliest; None if the model has no list."""
    if serving.first_as_of is None:
        return None
    free_from = serving.first_as_of
    if last is not None:
        free_from = max(free_from, last.as_of + timedelta(days=last.horizon_days))
    return free_from + timedelta(days=serving.horizon_days)


def _is_alike(test: store.TestRow, serving: store.ServingRow) -> bool:
    """Whether the test is about what the served model calls leaving."""
    one, other = (msgspec.json.decode(each.label, type=Label) for each in (test, serving))
    return (one.name, one.active_within_days, test.horizon_days) == (
        other.name,
        other.active_within_days,
        serving.horizon_days,
    )


def _tested(row: store.TestRow) -> TestedList:
    wagers = _wagers(row)
    return TestedList(
        run=row.run_number,
        as_of=row.as_of,
        model_version=wagers.model_version,
        departed=wagers.departed,
        expected=wagers.expected,
        evidence=round(wagers.multiple, 4),
        is_broken=wagers.broken_on is not None,
        figures=None if row.list_figures is None else _figures(row.list_figures),
    )


def _baseline(report: str) -> Baseline | None:
    """Of all accounts that had not cancelled, which is what live figures are of."""
    found = stored_json(report, ModelReport, name="report").populations[0].figures
    if found is None:
        return None
    return Baseline(
        roc_auc=found.roc_auc,
        log_loss=found.log_loss,
        brier=found.brier,
        gain=found.gain,
        expected_over_departed=found.expected_over_departed,
        revenue_ratio=found.revenue.ratio,
    )


def _judged(row: store.JudgedRow) -> JudgedList:
    return JudgedList(
        run=row.run_number,
        as_of=row.as_of,
        model_version=row.model_version,
        horizon_days=row.horizon_days,
        known_days=row.known_days,
        judged_at=row.judged_at,
        figures=_figures(row.figures),
        left_alone=None if row.left_alone is None else _figures(row.left_alone),
    )


def _figures(text: str) -> LiveFigures:
    return stored_json(text, LiveFigures, name="live figures")


def _wagers(row: store.TestRow) -> Wagers:
    return stored_json(row.wagers, Wagers, name="wagers")

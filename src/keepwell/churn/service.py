"""Use cases of the churn room: read the newest save list; `training_service` and `nightly` make them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.churn import store
from keepwell.churn.label import Label
from keepwell.churn.model import (
    NO_USAGE_EVENTS,
    ChurnKind,
    ChurnModel,
    Evaluation,
    Reason,
    signal_of,
)
from keepwell.churn.save_list import (
    AccountRisk,
    ContactToReach,
    KindFilter,
    LeftAloneAccount,
    ListRisk,
    OpenCase,
    PageSign,
    SaveList,
    SaveListEntry,
    SaveListPlace,
    SaveListTotals,
    SeenState,
    SilentSource,
    WebsiteSign,
)
from keepwell.churn.sources.coverage import Silence
from keepwell.churn.stored_json import stored_json
from keepwell.identity import service as identity
from keepwell.importing.import_log import service as import_log
from keepwell.platform.database import Readable
from keepwell.platform.errors import DataValidationError
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.revenue.model import DEFAULT_POLICY

_SEEN: Mapping[str | None, SeenState] = {"alive": "alive", "moved": "moved", "dead": "dead"}


async def save_list(
    reader: Readable,
    *,
    workspace_id: UUID,
    limit: int,
    kind: ChurnKind | None = None,
    after: SaveListPlace | None = None,
) -> tuple[SaveList, SaveListPlace | None]:
    """A page of the newest save list, or of the list that `after` belongs to, and the place of the next page.

    Contains the accounts that pay as of their standings, which the caller has brought up to today, or by inactivity all that were
    scored; of one kind if it is given, and none that is left alone. Empty before the first one is made. Raises DataValidationError if the list of `after` does not exist.
    """
    row = await store.LIST.maybe_one(reader, workspace_id=workspace_id, run=after.run if after else None)
    currency = await identity.currency(reader)
    if row is None:
        if after is not None:
            hint = "Start again without a cursor."
            raise DataValidationError("cursor: it belongs to a list that no longer exists.", hint=hint)
        return _unscored(currency), None
    listed = {"workspace_id": workspace_id, "run": row.run}
    scores = await store.SCORES_AFTER.all(reader, **listed, **_after(after), kind=kind, limit=limit + 1)
    page = SaveList(
        run=row.run,
        scored_at=row.scored_at,
        as_of=row.as_of,
        horizon_ends_on=_horizon_ends_on(row),
        outdated=await import_log.has_changed_after(reader, row.scored_at, workspace_id=workspace_id),
        currency=currency,
        policy=DEFAULT_POLICY,
        model=_model(row),
        silence=_silent_source(row),
        totals=await store.TOTALS.one(reader, **listed),
        items=[_entry(each) for each in scores[:limit]],
        next=None,
    )
    return page, _place(row.run, scores[limit - 1]) if len(scores) > limit else None


async def every_entry(
    reader: Readable, filters: KindFilter, *, workspace_id: UUID, at_once: int
) -> AsyncGenerator[Sequence[SaveListEntry]]:
    """All accounts of the newest save list, `at_once` of them at a time: what an export reads.

    The list is ranked once; `reader` has to read one snapshot.
    """
    newest = await store.LIST.maybe_one(reader, workspace_id=workspace_id, run=None)
    if newest is None:
        return
    listed = {"workspace_id": workspace_id, "run": newest.run}
    ranked = await store.RANKS.all(reader, **listed, kind=filters.kind)
    for start in range(0, len(ranked), at_once):
        part = ranked[start : start + at_once]
        rows = await store.LINES.all(
            reader,
            **listed,
            ranks=[each.rank for each in part],
            account_ids=[each.account_id for each in part],
        )
        yield [_entry(row) for row in rows]


def _unscored(currency: str) -> SaveList:
    return SaveList(
        run=None,
        scored_at=None,
        as_of=None,
        horizon_ends_on=None,
        outdated=False,
        currency=currency,
        policy=DEFAULT_POLICY,
        model=None,
        silence=None,
        totals=SaveListTotals(0, 0, "0.00", "0.00", "0.00", "0.00", 0),
        items=[],
        next=None,
    )


def _after(place: SaveListPlace | None) -> dict[str, Decimal | float | str | None]:
    return {
        "annual_at_risk": place.annual_at_risk if place else None,
        "annual_amount": place.annual_amount if place else None,
        "probability": place.probability if place else None,
        "external_id": place.external_id if place else None,
    }


async def left_alone(
    reader: Readable,
    filters: KindFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[LeftAloneAccount]:
    """A page of the accounts that are left alone by the newest list, by name; by subscriptions, those that pay today."""
    return await store.LEFT_ALONE.page(
        reader, "name", limit=limit, after=after, workspace_id=workspace_id, kind=filters.kind
    )


async def no_usage_events(reader: Readable, *, workspace_id: UUID) -> Collection[str]:
    """The names of events that are no use of the product, as the newest list's model counts them."""
    newest = await store.LIST.maybe_one(reader, workspace_id=workspace_id, run=None)
    return [*NO_USAGE_EVENTS, *([] if newest is None else _model(newest).evaluation.system_events)]


async def risk_by_day(reader: Readable, *, workspace_id: UUID, start: date, end: date) -> list[ListRisk]:
    """The revenue at risk of the newest list of each day of the period on which there is one with the label of the newest, oldest first."""
    return await store.RISK_BY_DAY.all(reader, workspace_id=workspace_id, start=start, end=end)


async def risk_of(
    reader: Readable, *, workspace_id: UUID, account_id: UUID, with_held: bool
) -> AccountRisk | None:
    """The newest list's score of an account; None if it is not on it, or there is none.

    Also None for an account that is left alone, unless `with_held`.
    """
    own = {"workspace_id": workspace_id}
    newest = await store.LIST.maybe_one(reader, **own, run=None)
    if newest is None:
        return None
    row = await store.SCORE_OF_ACCOUNT.maybe_one(
        reader, **own, run=newest.run, account_id=account_id, with_held=with_held
    )
    if row is None:
        return None
    return AccountRisk(
        label=label_of(newest.label),
        horizon_days=newest.horizon_days,
        probability=row.probability,
        mrr=_text(row.mrr),
        revenue_at_risk=_text(row.revenue_at_risk),
        kind=ChurnKind(row.kind),
        reasons=reasons_of(row.reasons),
        scored_at=row.scored_at,
        rank=None if row.is_held else row.rank,
        is_held=row.is_held,
        case=_open_case(row),
        website=_website(row),
        pages=stored_json(row.pages, list[PageSign], name="pages"),
        signal=_model(newest).signal,
    )


def reasons_of(text: str) -> list[Reason]:
    """Reasons as they are stored."""
    return stored_json(text, list[Reason], name="reasons")


def label_of(text: str) -> Label:
    """A label as it is stored."""
    return msgspec.json.decode(text, type=Label)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _place(run: int, last: store.ScoreRow) -> SaveListPlace:
    return SaveListPlace(run, last.annual_at_risk, last.annual_amount, last.probability, last.external_id)


def _horizon_ends_on(row: store.ListRow) -> date:
    return row.as_of + timedelta(days=row.horizon_days)


def _silent_source(row: store.ListRow) -> SilentSource | None:
    if row.silence is None:
        return None
    silence = stored_json(row.silence, Silence, name="silence")
    return SilentSource(source=silence.source, last_on=silence.last_on, statement=silence.sentence)


def _model(row: store.ListRow) -> ChurnModel:
    evaluation = stored_json(row.evaluation, Evaluation, name="evaluation")
    return ChurnModel(
        version=row.version,
        trained_at=row.trained_at,
        horizon_days=row.horizon_days,
        label=label_of(row.label),
        signal=signal_of(evaluation, was_found=row.signal),
        statement=row.statement,
        evaluation=evaluation,
    )


def _entry(row: store.ScoreRow) -> SaveListEntry:
    return SaveListEntry(
        rank=row.rank,
        account_id=row.account_id,
        name=row.name,
        account_external_id=row.external_id,
        plan=row.plan,
        mrr=_text(row.mrr),
        probability=row.probability,
        revenue_at_risk=_text(row.revenue_at_risk),
        kind=ChurnKind(row.kind),
        reasons=reasons_of(row.reasons),
        contact=_contact(row),
        case=_open_case(row),
        website=_website(row),
        pages=stored_json(row.pages, list[PageSign], name="pages"),
        scored_at=row.scored_at,
    )


def _website(row: store.ScoreRow) -> WebsiteSign | None:
    if row.website_state not in _SEEN or row.website_since is None:
        return None
    return WebsiteSign(
        _SEEN[row.website_state], row.website_status, row.website_moved_to, since=row.website_since
    )


def _contact(row: store.ScoreRow) -> ContactToReach | None:
    if row.contact_email is None and row.contact_phone is None:
        return None
    return ContactToReach(row.contact_name, row.contact_email, row.contact_phone)


def _open_case(row: store.ScoreRow) -> OpenCase | None:
    if row.case_id is None or row.case_opened_on is None or row.case_ends_on is None:
        return None
    return OpenCase(
        row.case_id, row.case_opened_on, row.case_ends_on, row.case_contacts or 0, row.case_contacted_at
    )

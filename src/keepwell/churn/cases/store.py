"""All SQL of save cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.churn.cases.enrolment import ModelOfList
from keepwell.churn.cases.model import Arm, CaseContact, CaseItem, CaseMoment, Outcome, UnknownBecause
from keepwell.churn.model import Reason
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query


class StoredCase(CaseItem, frozen=True):
    """A case as clients see it, of a row whose reasons are the JSON that is stored."""

    def __post_init__(self) -> None:
        """Read the reasons; there are none of an imported case."""
        reasons = msgspec.convert(self.reasons or [], type=list[Reason])
        msgspec.structs.force_setattr(self, "reasons", reasons)


class ArmRow(msgspec.Struct, frozen=True):
    """The arm of an account with an open case."""

    account_id: UUID
    is_held: bool


class AnnouncedRow(msgspec.Struct, frozen=True):
    """A case that others are to hear of; `outcome` is None while it is open."""

    id: UUID
    account_id: UUID
    arm: Arm
    opened_on: date
    horizon_ends_on: date
    outcome: Outcome | None


class EndedRow(msgspec.Struct, frozen=True):
    """A case whose horizon is over, with what is stored of its end, and what its account paid, a year."""

    id: UUID
    horizon_ends_on: date
    outcome: Outcome | None
    mrr_at_horizon: Decimal | None
    mrr_lost: Decimal | None
    unknown_because: UnknownBecause | None
    annual_at_horizon: Decimal
    annual_moved: Decimal
    is_readable: bool


class RecordedDay(msgspec.Struct, frozen=True):
    """A day on which something is recorded."""

    day: date


class CaseId(msgspec.Struct, frozen=True):
    """Our id of a case."""

    id: UUID


class KnownCase(msgspec.Struct, frozen=True):
    """A case that everybody may know of, and its account; None if the case is deleted."""

    id: UUID
    account_id: UUID | None


class StoredOutcome(msgspec.Struct, frozen=True):
    """What is stored of how an imported case ended."""

    external_id: str
    outcome: Outcome | None
    mrr_at_horizon: Decimal | None
    mrr_lost: Decimal | None
    unknown_because: UnknownBecause | None


class OpenCase(msgspec.Struct, frozen=True):
    """An open case and its account, by the source's ids."""

    external_id: str
    account: str


_CASES: LiteralString = """
    select c.id, c.external_id, c.account_id, a.name as account, a.external_id as account_external_id,
           c.opened_on, c.horizon_ends_on, c.arm,
           c.held_share::float8 as held_share, c.model_version, c.probability, round(c.mrr, 2)::text as mrr, c.reasons,
           coalesce(c.outcome, 'open') as outcome, c.mrr_at_horizon::text as mrr_at_horizon, c.mrr_lost::text as mrr_lost,
           c.unknown_because, c.decided_at, c.records_until, c.revised_at, c.revised_from, made.contacts, made.last_contacted_at,
           (select currency from workspaces where id = app_workspace()) as currency, c.version
"""

_FROM: LiteralString = """
    from save_cases c
    join accounts a on (a.workspace_id, a.id) = (c.workspace_id, c.account_id)
    cross join lateral (
      select count(*)::int as contacts, max(contacted_at) as last_contacted_at from save_case_contacts m
      where (m.workspace_id, m.case_id) = (c.workspace_id, c.id)
    ) as made
    where c.workspace_id = %(workspace_id)s and (%(with_held)s::boolean or c.arm = 'act')
"""

PAGES = Keyset(
    _CASES,
    _FROM
    + """
      and (%(account_id)s::uuid is null or c.account_id = %(account_id)s)
      and (%(arm)s::text is null or c.arm = %(arm)s)
      and (%(outcome)s::text is null or coalesce(c.outcome, 'open') = %(outcome)s)
      and (%(opened_from)s::date is null or c.opened_on >= %(opened_from)s)
      and (%(opened_to)s::date is null or c.opened_on <= %(opened_to)s)
    """,
    StoredCase,
    sorts={"opened_on": SortKey("c.opened_on", "date", "c.id")},
)

CASE = Query(f"{_CASES} {_FROM} and c.id = %(case_id)s", StoredCase)

LOCKED_CASE = Query(f"{_CASES} {_FROM} and c.id = %(case_id)s for update of c", StoredCase)

_CONTACTS: LiteralString = """
    select m.id, m.case_id, m.contacted_at, m.channel, members.name as by, m.note, m.crossover_reason
    from save_case_contacts m left join members on (members.workspace_id, members.id) = (m.workspace_id, m.member_id)
    where m.workspace_id = %(workspace_id)s and m.case_id = %(case_id)s
"""

CONTACTS = Query(f"{_CONTACTS} order by m.contacted_at desc, m.id desc", CaseContact)

CONTACT = Query(f"{_CONTACTS} and m.id = %(contact_id)s", CaseContact)

INSERT_CONTACT = Command(
    """
    insert into save_case_contacts (workspace_id, id, external_id, case_id, account_id, contacted_at, channel, member_id, note,
                                    crossover_reason)
    values (%(workspace_id)s, %(id)s::uuid, %(id)s::uuid::text, %(case_id)s, %(account_id)s, %(contacted_at)s, %(channel)s, %(member_id)s,
            %(note)s, %(crossover_reason)s)
    """
)

DELETE_CONTACT = Command(
    """
    delete from save_case_contacts
    where workspace_id = %(workspace_id)s and case_id = %(case_id)s and id = %(contact_id)s
    """
)

NEXT_VERSION = Command(
    "update save_cases set version = version + 1 where workspace_id = %(workspace_id)s and id = %(case_id)s"
)

MODEL_OF_LIST = Query(
    """
    select label ->> 'name' as label, horizon_days, base_rate from churn_models
    where workspace_id = %(workspace_id)s and version = %(version)s
    """,
    ModelOfList,
)

OPEN_ARMS = Query(
    """
    select account_id, arm = 'hold' as is_held from save_cases
    where workspace_id = %(workspace_id)s and outcome is null
    """,
    ArmRow,
)

# The id is made of what follows, so that a list that is kept again opens nothing twice. A case that has not ended, or that covers the
# day of the list, is the same episode.
OPEN = Command(
    """
    with given as (
      select each.*, md5('save case ' || %(workspace_id)s::uuid::text || each.account_id::text || %(opened_on)s::date::text)::uuid as id
      from unnest(%(account_ids)s::uuid[], %(arms)s::text[], %(probabilities)s::float8[], %(mrr)s::numeric[], %(reasons)s::jsonb[])
        as each (account_id, arm, probability, mrr, reasons)
    )
    insert into save_cases (workspace_id, id, external_id, account_id, opened_on, horizon_ends_on, arm, held_share, model_version,
                            probability, mrr, reasons, is_announced)
    select %(workspace_id)s, g.id, g.id::text, g.account_id, %(opened_on)s, %(horizon_ends_on)s, g.arm, %(held_share)s,
           %(model_version)s, g.probability, g.mrr, g.reasons, false
    from given g join accounts a on a.workspace_id = %(workspace_id)s and a.id = g.account_id
    where a.erased_at is null and not exists (
      select from save_cases c
      where c.workspace_id = %(workspace_id)s and c.account_id = g.account_id
        and (c.outcome is null or c.horizon_ends_on >= %(opened_on)s))
    """
)

ANNOUNCE = Query(
    """
    update save_cases set is_announced = true where workspace_id = %(workspace_id)s and not is_announced
    returning id, account_id, arm, opened_on, horizon_ends_on, outcome
    """,
    AnnouncedRow,
)

# The days on which the records of subscriptions changed; an announced end is not a change on its own day.
SUBSCRIPTION_DAYS = Query(
    """
    select distinct day from subscriptions,
      lateral (values (starts_on), (cancelled_on), (case when cancelled_on is null then ends_on end)) as each (day)
    where workspace_id = %(workspace_id)s and not is_trial and day < %(before)s
    order by day
    """,
    RecordedDay,
)

# Those that are not decided, and those whose account has other movements by now. What happened on the day of the list, which knows
# nothing of that day, is an outcome.
ENDED = Query(
    """
    select c.id, c.horizon_ends_on, c.outcome, c.mrr_at_horizon, c.mrr_lost, c.unknown_because,
           paid.annual_at_horizon, paid.annual_moved, readable.is_readable
    from save_cases c
    cross join lateral (
      select coalesce(sum(annual_amount), 0) as annual_at_horizon,
             coalesce(sum(annual_amount) filter (where "on" >= c.opened_on and kind <> 'fx'), 0) as annual_moved
      from movement_facts f
      where f.workspace_id = c.workspace_id and f.account_id = c.account_id and f."on" <= c.horizon_ends_on
        and 'default' = any(f.policies)
    ) as paid
    cross join lateral (
      select not exists (
        select from unreadable_subscriptions u
        where u.workspace_id = c.workspace_id and u.account_id = c.account_id and u.until is null and u.since <= c.horizon_ends_on
      ) as is_readable
    ) as readable
    where c.workspace_id = %(workspace_id)s and c.horizon_ends_on < %(today)s
      and (c.outcome is null or c.outcome = 'unknown' or not readable.is_readable
           or c.horizon_ends_on > coalesce(%(records_until)s::date, '-infinity')
           or (c.mrr_at_horizon, c.mrr_lost)
              is distinct from (greatest(round(paid.annual_at_horizon / 12, 2), 0), round(greatest(-paid.annual_moved, 0) / 12, 2)))
    order by c.id
    for update of c
    """,
    EndedRow,
)

# What a source did not say of an imported case, as soon as the records reach its first day.
FILL_MRR = Command(
    """
    update save_cases c
    set version = c.version + 1, mrr = (
      select greatest(coalesce(round(sum(annual_amount) / 12, 2), 0), 0) from movement_facts f
      where f.workspace_id = c.workspace_id and f.account_id = c.account_id and f."on" < c.opened_on and 'default' = any(f.policies))
    where c.workspace_id = %(workspace_id)s and c.mrr is null and c.opened_on <= %(records_until)s
    """
)

# An unknown outcome that becomes known is no revision.
DECIDE = Command(
    """
    update save_cases c
    set outcome = d.outcome, mrr_at_horizon = d.mrr_at_horizon, mrr_lost = d.mrr_lost, unknown_because = d.because,
        records_until = %(records_until)s, is_announced = false, version = c.version + 1,
        decided_at = case when d.outcome <> 'unknown' then %(now)s::timestamptz end,
        revised_at = case when c.outcome <> 'unknown' then %(now)s::timestamptz else c.revised_at end,
        revised_from = case when c.outcome <> 'unknown' then c.outcome else c.revised_from end
    from unnest(%(ids)s::uuid[], %(outcomes)s::text[], %(mrr_at_horizon)s::numeric[], %(mrr_lost)s::numeric[], %(because)s::text[])
      as d (id, outcome, mrr_at_horizon, mrr_lost, because)
    where c.workspace_id = %(workspace_id)s and c.id = d.id
    """
)

MOMENTS = Query(
    """
    select moment, id, type, case_id, arm, horizon_ends_on, outcome, channel, by, note
    from (
      select each.day::timestamp at time zone 'UTC' as moment, 'case:' || c.id || ':' || each.type as id, each.type, c.id as case_id,
             c.arm, c.horizon_ends_on, coalesce(c.outcome, 'open') as outcome, null as channel, null as by, null as note
      from save_cases c cross join lateral (
        values (c.opened_on, 'opened'), (case when c.outcome is not null then c.horizon_ends_on end, 'ended')
      ) as each (day, type)
      where c.workspace_id = %(workspace_id)s and c.account_id = %(account_id)s and (%(with_held)s::boolean or c.arm = 'act')
        and each.day is not null
      union all
      select m.contacted_at, 'case:' || m.id || ':contacted', 'contacted', c.id, c.arm, c.horizon_ends_on,
             coalesce(c.outcome, 'open'), m.channel, members.name, m.note
      from save_case_contacts m
      join save_cases c on (c.workspace_id, c.id) = (m.workspace_id, m.case_id)
      left join members on (members.workspace_id, members.id) = (m.workspace_id, m.member_id)
      where m.workspace_id = %(workspace_id)s and m.account_id = %(account_id)s and (%(with_held)s::boolean or c.arm = 'act')
    ) as moments
    where (moment, id collate "C") < (%(before)s::timestamptz, %(before_id)s::text)
    order by moment desc, id collate "C" desc limit %(limit)s
    """,
    CaseMoment,
)

STORED_OUTCOMES = Query(
    """
    select external_id, outcome, mrr_at_horizon, mrr_lost, unknown_because from save_cases
    where workspace_id = %(workspace_id)s and external_id = any(%(external_ids)s::text[])
    """,
    StoredOutcome,
)

OPEN_CASES = Query(
    """
    select c.external_id, a.external_id as account
    from save_cases c join accounts a on (a.workspace_id, a.id) = (c.workspace_id, c.account_id)
    where c.workspace_id = %(workspace_id)s and c.outcome is null
    """,
    OpenCase,
)

# Of a case that is deleted, nothing but the id is known, and it leads to no account.
KNOWN_TO_ALL = Query(
    """
    select given.id, c.account_id
    from unnest(%(ids)s::uuid[]) as given (id)
    left join save_cases c on (c.workspace_id, c.id) = (%(workspace_id)s, given.id)
    where c.arm is distinct from 'hold'
    """,
    KnownCase,
)

OF_ACCOUNT = Query(
    "select id from save_cases where workspace_id = %(workspace_id)s and account_id = %(account_id)s order by id",
    CaseId,
)

ERASE_CASES = Command(
    """
    update save_cases
    set reasons = null, version = version + 1,
        external_id = case when external_id ~* any(%(patterns)s) then 'erased-' || id else external_id end
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    """
)

ERASE_CONTACTS = Command(
    """
    update save_case_contacts
    set note = null, crossover_reason = null,
        external_id = case when external_id ~* any(%(patterns)s) then 'erased-' || id else external_id end
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    """
)

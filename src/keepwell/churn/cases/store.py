"""The SQL of save cases as people see them; that of their opening and their end is in `episodes`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

import msgspec

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


class AnnouncedRow(msgspec.Struct, frozen=True):
    """A case that others are to hear of; `outcome` is None while it is open."""

    id: UUID
    account_id: UUID
    arm: Arm
    opened_on: date
    horizon_ends_on: date
    outcome: Outcome | None


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

ANNOUNCE = Query(
    """
    update save_cases set is_announced = true where workspace_id = %(workspace_id)s and not is_announced
    returning id, account_id, arm, opened_on, horizon_ends_on, outcome
    """,
    AnnouncedRow,
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

"""All SQL of the websites of accounts, and of the crawls that read them."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.crawl.accounts.model import CrawlItem, LastRead, LeftOut, Target, WebsiteItem, WebsiteTotals
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query


class AccountId(msgspec.Struct, frozen=True):
    """An account."""

    id: UUID


class KnownUrl(msgspec.Struct, frozen=True):
    """The address of a website that was read."""

    url: str


_TARGETS: LiteralString = """
    select account_id, name, website, place from websites_of_accounts as websites
    join accounts on (accounts.workspace_id, accounts.id) = (websites.workspace_id, account_id)
"""

TARGETS = Query(
    f"""
    {_TARGETS}
    where accounts.workspace_id = %(workspace_id)s and place < %(most)s and (%(account_ids)s::uuid[] is null or account_id = any(%(account_ids)s::uuid[]))
    order by name, account_id, place
    """,
    Target,
)

LEFT_OUT = Query(
    f"""
    select name, count(*)::int as websites from (
      {_TARGETS} where accounts.workspace_id = %(workspace_id)s
    ) as named
    where place >= %(most)s and (%(account_ids)s::uuid[] is null or account_id = any(%(account_ids)s::uuid[]))
    group by account_id, name order by name, account_id
    """,  # noqa: S608  our own text, with the parameters apart
    LeftOut,
)

UNPLACED = Query(
    f"""
    {_TARGETS}
    where accounts.workspace_id = %(workspace_id)s and place = 0 and not exists (
      select from due_work d
      where (d.workspace_id, d.kind, d.subject_id) = (%(workspace_id)s, %(kind)s, websites.account_id))
    order by account_id limit %(limit)s
    """,
    Target,
)

# An erasure waits for whoever holds these, and whoever comes after it finds the account erased. In one order, so that two of
# them do not wait for each other.
LOCKED_ACCOUNTS = Query(
    """
    select id from accounts
    where workspace_id = %(workspace_id)s and id = any(%(account_ids)s::uuid[]) and erased_at is null
    order by id for share
    """,
    AccountId,
)

# A command and a worker may come with the same news at once.
KEEP_ONE_AFTER_ANOTHER = Command(
    "select pg_advisory_xact_lock(hashtextextended('account_websites ' || %(workspace_id)s::text, 0))"
)

LAST_READ = Query(
    """
    select account_id, website, state, outcome, since, read_at from named_websites
    where workspace_id = %(workspace_id)s and account_id = any(%(account_ids)s::uuid[])
    """,
    LastRead,
)

PUT = Command(
    """
    insert into named_websites as w (
      workspace_id, account_id, website, url, problem, state, outcome, status, moved_to, since, read_at, changed_at, changes)
    values (
      %(workspace_id)s, %(account_id)s, %(website)s, %(url)s, %(problem)s, %(state)s, %(outcome)s, %(status)s, %(moved_to)s,
      %(since)s, %(read_at)s, %(changed_at)s, %(changes)s)
    on conflict (workspace_id, account_id, id) do update
      set (url, problem, state, outcome, status, moved_to, since, read_at) =
            (excluded.url, excluded.problem, excluded.state, excluded.outcome, excluded.status, excluded.moved_to,
             excluded.since, excluded.read_at),
          changed_at = coalesce(excluded.changed_at, w.changed_at),
          changes = case when excluded.changed_at is null then w.changes else excluded.changes end
    """
)

URLS = Query(
    "select distinct url from named_websites where workspace_id = %(workspace_id)s and url is not null",
    KnownUrl,
)

ERASE = Command(
    "delete from named_websites where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
)

# What the release before has stored while both run.
ERASE_OF_RELEASE_BEFORE = Command(
    "delete from account_websites where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
)

_STATE: LiteralString = """
    case when websites.place >= %(most)s then 'left_out' when w.account_id is null then 'unread'
         when w.url is null then 'nonsense' else w.state end
"""

# What was read of a website says nothing of another one, nor of what is left out by now.
_LISTED: LiteralString = """
    from (
      select account_id, website, place, md5(account_id::text || ' ' || website)::uuid as id from websites_of_accounts
      where workspace_id = %(workspace_id)s
    ) as websites
    join accounts a on a.workspace_id = %(workspace_id)s and a.id = websites.account_id
    left join named_websites w
      on (w.workspace_id, w.account_id, w.id) = (a.workspace_id, a.id, websites.id) and websites.place < %(most)s
"""

_SHOWN: LiteralString = """
    case when length(websites.website) > %(longest)s then left(websites.website, %(longest)s - 1) || '\u2026' else websites.website end
"""

# After the name, in the order of an account's websites; chr(31) sorts names before longer ones that begin like them.
_ORDER: LiteralString = "a.name || chr(31) || a.id || to_char(websites.place, '000000')"

WEBSITES = Keyset(
    f"""
    select websites.id, a.id as account_id, a.name, {_SHOWN} as website, websites.place = 0 as is_own,
           websites.place >= %(most)s as is_left_out, w.state, w.problem, w.outcome, w.status, w.moved_to, w.since, w.read_at,
           w.changed_at, coalesce(w.changes, '{{}}') as changes
    """,
    f"{_LISTED} where (%(in_state)s::text is null or {_STATE} = %(in_state)s)",
    WebsiteItem,
    sorts={"name": SortKey(_ORDER, "text", "websites.id")},
)

TOTALS = Query(
    f"""
    select (count(*) filter (where state = 'alive'))::int as alive, (count(*) filter (where state = 'moved'))::int as moved,
           (count(*) filter (where state = 'dead'))::int as dead, (count(*) filter (where state = 'unknown'))::int as unknown,
           (count(*) filter (where state = 'nonsense'))::int as nonsense,
           (count(*) filter (where state = 'unread'))::int as unread,
           (count(*) filter (where state = 'left_out'))::int as left_out
    from (select {_STATE} as state {_LISTED}) as listed
    """,  # noqa: S608  our own text, with the parameters apart
    WebsiteTotals,
)

_IS_HEARD_OF: LiteralString = "is_under_way and ended_at >= %(silent_since)s"

CRAWLS = Keyset(
    f"""
    select id, cause, started_at, case when {_IS_HEARD_OF} then null else ended_at end as ended_at,
           case when not is_under_way then 'ended' when {_IS_HEARD_OF} then 'under_way' else 'broken_off' end as state, accounts, websites, signals, requests, bytes, outcomes, statuses, retries,
           waited, queue_left, error
    """,
    "from crawls where workspace_id = %(workspace_id)s",
    CrawlItem,
    sorts={"started_at": SortKey("started_at", "timestamptz")},
)

PUT_CRAWL = Command(
    """
    insert into crawls (
      workspace_id, id, cause, started_at, ended_at, is_under_way, accounts, websites, signals, requests, bytes, outcomes,
      statuses, retries, waited, queue_left, error)
    values (
      %(workspace_id)s, %(id)s, %(cause)s, %(started_at)s, %(ended_at)s, %(is_under_way)s, %(accounts)s, %(websites)s, %(signals)s, %(requests)s,
      %(bytes)s, %(outcomes)s::jsonb, %(statuses)s::jsonb, %(retries)s::jsonb, %(waited)s::jsonb, %(queue_left)s, %(error)s)
    on conflict (workspace_id, id) do update
      set (ended_at, is_under_way, accounts, websites, signals, requests, bytes, outcomes, statuses, retries, waited, queue_left,
           error) =
            (excluded.ended_at, excluded.is_under_way, excluded.accounts, excluded.websites, excluded.signals, excluded.requests,
             excluded.bytes, excluded.outcomes, excluded.statuses, excluded.retries, excluded.waited, excluded.queue_left,
             excluded.error)
    """
)

FORGET_WEBSITES = Command(
    """
    delete from named_websites w
    where w.workspace_id = %(workspace_id)s
      and not exists (
        select from contacts c
        where (c.workspace_id, c.account_id, c.website) = (w.workspace_id, w.account_id, w.website))
    """
)

FORGET_CRAWLS = Command(
    "delete from crawls where workspace_id = %(workspace_id)s and started_at < %(before)s"
)

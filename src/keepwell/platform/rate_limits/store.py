"""All SQL of the shared rate limits."""

from __future__ import annotations

import msgspec

from keepwell.platform.statements import Query


class Cell(msgspec.Struct, frozen=True):
    """How far ahead of time a key's requests are, in seconds, and whether this one is allowed."""

    ahead: float
    is_allowed: bool


# One statement, so that no two processes can both see the last free place. The server's own clock is the
# only one that all processes share; it is read after the wait for the row. The result is the
# written row: a statement that waited would otherwise see the old row. A cell with an instant in the past is a
# full bucket, like a missing one, so each request deletes some of those.
TAKE = Query(
    """
    with forgotten as (
      delete from rate_limits where key in (
        select key from rate_limits
        where arrival < clock_timestamp() and key <> %(key)s
        order by arrival limit 10 for update skip locked)
    )
    insert into rate_limits as held (key, arrival, is_allowed)
    values (%(key)s, clock_timestamp() + make_interval(secs => %(interval)s), true)
    on conflict (key) do update set (arrival, is_allowed) = (
      select case when later.fits then later.arrival else held.arrival end, later.fits
      from (select clock_timestamp() as now) as clock,
        lateral (select greatest(held.arrival, clock.now) + make_interval(secs => %(interval)s) as arrival) as next,
        lateral (
          select next.arrival, next.arrival <= clock.now + make_interval(secs => %(interval)s * %(burst)s) as fits
        ) as later)
    returning extract(epoch from arrival - clock_timestamp())::float8 as ahead, is_allowed
    """,
    Cell,
)

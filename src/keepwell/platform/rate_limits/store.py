"""All SQL of the rate limits that every process shares."""

from __future__ import annotations

import msgspec

from keepwell.platform.database import Query


class Cell(msgspec.Struct, frozen=True):
    """How far ahead of time the requests of a key are, in seconds, and whether this one is let through."""

    ahead: float
    is_allowed: bool


# One statement, so that no two processes can both see the last free place. The server's own clock is the
# only one that all processes share. A refused request changes nothing: it costs no place.
TAKE = Query(
    """
    with taken as (
      insert into rate_limits as held (key, arrival)
      values (%(key)s, clock_timestamp() + make_interval(secs => %(interval)s))
      on conflict (key) do update
        set arrival = greatest(held.arrival, clock_timestamp()) + make_interval(secs => %(interval)s)
        where greatest(held.arrival, clock_timestamp()) + make_interval(secs => %(interval)s)
              <= clock_timestamp() + make_interval(secs => %(interval)s * %(burst)s)
      returning arrival
    )
    select extract(epoch from arrival - clock_timestamp())::float8 as ahead, is_allowed
    from (
      select arrival, true as is_allowed from taken
      union all
      select arrival, false as is_allowed from rate_limits
      where key = %(key)s and not exists (select from taken)
    ) as cell
    """,
    Cell,
)

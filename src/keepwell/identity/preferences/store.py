"""All SQL of members' preferences."""

from __future__ import annotations

from typing import LiteralString

from keepwell.identity.preferences.model import EffectivePreferences, Preferences
from keepwell.platform.statements import Command, Query

_PREFERENCES: LiteralString = """
    select time_zone, locale, quiet_from, quiet_until, version from member_preferences
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s
"""

PREFERENCES = Query(_PREFERENCES, Preferences)

LOCKED_MEMBER = Command(
    "select from members where workspace_id = %(workspace_id)s and id = %(member_id)s for update"
)

SAVE = Command(
    """
    insert into member_preferences (workspace_id, member_id, time_zone, locale, quiet_from, quiet_until, version)
    values (%(workspace_id)s, %(member_id)s, %(time_zone)s, %(locale)s, %(quiet_from)s, %(quiet_until)s, %(version)s)
    on conflict (workspace_id, member_id) do update
    set time_zone = excluded.time_zone, locale = excluded.locale, quiet_from = excluded.quiet_from,
        quiet_until = excluded.quiet_until, version = excluded.version
    """
)

EFFECTIVE = Query(
    """
    select coalesce(p.time_zone, w.time_zone) as time_zone, coalesce(p.locale, w.locale) as locale, p.quiet_from,
           p.quiet_until
    from workspaces w
    left join member_preferences p on p.workspace_id = w.id and p.member_id = %(member_id)s
    where w.id = %(workspace_id)s
    """,
    EffectivePreferences,
)

"""All SQL of contacts."""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.records.contacts.model import ContactItem

_COLUMNS: LiteralString = """
    select id, external_id, account_id, name, email, phone, locale, time_zone, website, is_billing,
           unsubscribed_at, coalesce(undeliverable_email = email, false) as is_undeliverable, version
"""

_SOURCE: LiteralString = "from contacts where workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _COLUMNS,
    _SOURCE
    + """
      and (%(account_id)s::uuid is null or account_id = %(account_id)s)
      and (%(email)s::text is null or email = %(email)s)
      and (%(is_billing)s::boolean is null or is_billing = %(is_billing)s)
    """,
    ContactItem,
    sorts={"name": SortKey("coalesce(name, email, external_id)", "text")},
)

CONTACT = Query(f"{_COLUMNS} {_SOURCE} and id = %(contact_id)s", ContactItem)

LOCKED_CONTACT = Query(f"{_COLUMNS} {_SOURCE} and id = %(contact_id)s for update", ContactItem)

# In one order, so that two of them who leave at once do not wait for each other.
LOCKED_CONTACT_AND_THOSE_WITH_ITS_EMAIL = Query(
    f"{_COLUMNS} {_SOURCE} and (id = %(contact_id)s or email = %(email)s) order by id for update", ContactItem
)

# Two transactions that write contacts of one account with the flag would each wait for the other in its constraint.
MOVE_ONE_FLAG_AT_A_TIME = Command(
    "select pg_advisory_xact_lock(hashtextextended('billing contact ' || %(account_id)s::text, 0))"
)

BILLING_CONTACT = Query(
    f"{_COLUMNS} {_SOURCE} and account_id = %(account_id)s and is_billing for update", ContactItem
)

INSERT = Command(
    """
    insert into contacts (
      workspace_id, id, external_id, account_id, name, email, phone, locale, time_zone, website, is_billing,
      unsubscribed_at)
    values (
      %(workspace_id)s, %(id)s, %(external_id)s, %(account_id)s, %(name)s, %(email)s, %(phone)s, %(locale)s,
      %(time_zone)s, %(website)s, %(is_billing)s, %(unsubscribed_at)s)
    """
)

UPDATE = Command(
    """
    update contacts set name = %(name)s, email = %(email)s, phone = %(phone)s, locale = %(locale)s,
                        time_zone = %(time_zone)s, website = %(website)s, is_billing = %(is_billing)s,
                        unsubscribed_at = %(unsubscribed_at)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(contact_id)s
    """
)

# Not if the address was changed since the mail was written.
NOTE_UNDELIVERABLE = Command(
    """
    update contacts set undeliverable_email = email, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(contact_id)s and email = %(email)s
    """
)

DELETE = Command("delete from contacts where workspace_id = %(workspace_id)s and id = %(contact_id)s")

# The constraint is deferred, so that the flag may move; here an error still belongs to the request that caused it.
REQUIRE_ONE_BILLING = Command("set constraints contacts_one_billing immediate")
DEFER_ONE_BILLING = Command("set constraints contacts_one_billing deferred")

"""All SQL of mails."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.mail.model import MailDetail, MailItem, MailStatus
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query


class MailRow(msgspec.Struct, frozen=True):
    """A mail as it is sent."""

    id: UUID
    status: MailStatus
    message_id: str
    sender_name: str | None
    sender_address: str | None
    recipient_name: str | None
    recipient_address: str
    subject: str
    text: str | None
    html: str | None
    sealed: bytes | None
    topic: str | None
    subject_id: UUID | None
    created_at: datetime
    expires_at: datetime
    reply: str | None
    has_opted_out: bool


class WrittenRow(msgspec.Struct, frozen=True):
    """The id of a mail that was written."""

    id: UUID


class LockedRow(msgspec.Struct, frozen=True):
    """What decides whether a mail can be sent again."""

    status: MailStatus
    expires_at: datetime
    is_confidential: bool
    is_without_text: bool


class SinceRow(msgspec.Struct, frozen=True):
    """When somebody left a list."""

    since: datetime


# Returns nothing if a mail with the same `once` exists.
INSERT = Query(
    """
    insert into mails
      (workspace_id, id, kind, once, subject_id, topic, message_id, sender_name, sender_address, recipient_name,
       recipient_address, subject, text, html, sealed, status, reply, created_at, expires_at)
    values
      (%(workspace_id)s, %(id)s, %(kind)s, %(once)s, %(subject_id)s, %(topic)s, %(message_id)s, %(sender_name)s,
       %(sender_address)s, %(recipient_name)s, %(recipient_address)s, %(subject)s, %(text)s, %(html)s, %(sealed)s,
       %(status)s, %(reply)s, %(created_at)s, %(expires_at)s)
    on conflict (workspace_id, once) do nothing
    returning id
    """,
    WrittenRow,
)

_ITEM: LiteralString = """
    select id, kind, status, recipient_name, recipient_address, subject, attempts, reply, created_at, ended_at
"""
_MAILS: LiteralString = "from mails where workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _ITEM,
    _MAILS
    + """
      and (%(status)s::text is null or status = %(status)s)
      and (%(kind)s::text is null or kind = %(kind)s)
    """,
    MailItem,
    sorts={"id": SortKey("id", "uuid", "id")},
)

DETAIL = Query(f"{_ITEM}, message_id, subject_id, text, html {_MAILS} and id = %(id)s", MailDetail)

BY_ONCE = Query("select id from mails where workspace_id = %(workspace_id)s and once = %(once)s", WrittenRow)

LOCKED = Query(
    f"""
    select status, expires_at, sealed is not null as is_confidential,
           text is null and sealed is null as is_without_text
    {_MAILS} and id = %(id)s for update
    """,
    LockedRow,
)

TO_SEND = Query(
    """
    select id, status, message_id, sender_name, sender_address, recipient_name, recipient_address, subject, text, html, sealed,
           topic, subject_id, created_at, expires_at, reply,
           exists (
             select from mail_opt_outs o
             where (o.workspace_id, o.topic, o.subject_id) = (m.workspace_id, m.topic, m.subject_id)
           ) as has_opted_out
    from mails m where workspace_id = %(workspace_id)s and id = %(id)s
    """,
    MailRow,
)

# The server gets the content only after this is committed: whoever finds `sending` does not know what became of it.
HAND_OVER = Command(
    """
    update mails set status = 'sending', attempts = attempts + 1
    where workspace_id = %(workspace_id)s and id = %(id)s and status = 'waiting'
    """
)

# An attempt that did not get as far as the content counts too.
WAIT = Command(
    """
    update mails set status = 'waiting', reply = %(reply)s,
      attempts = attempts + case when status = 'waiting' then 1 else 0 end
    where workspace_id = %(workspace_id)s and id = %(id)s and status in ('waiting', 'sending')
    """
)

END = Command(
    """
    update mails set status = %(status)s, reply = %(reply)s, ended_at = %(now)s,
      attempts = attempts + case when status = 'waiting' and %(was_tried)s then 1 else 0 end,
      sealed = case when %(status)s in ('sent', 'expired') then null else sealed end
    where workspace_id = %(workspace_id)s and id = %(id)s and status in ('waiting', 'sending')
    """
)

SEND_AGAIN = Command(
    """
    update mails set status = 'waiting', ended_at = null, expires_at = greatest(expires_at, %(expires_at)s)
    where workspace_id = %(workspace_id)s and id = %(id)s
    """
)

FORGET_OLD = Command(
    """
    delete from mails
    where workspace_id = %(workspace_id)s and created_at < %(before)s and status not in ('waiting', 'sending')
    """
)

OPT_OUT = Command(
    """
    insert into mail_opt_outs (workspace_id, topic, subject_id, since)
    values (%(workspace_id)s, %(topic)s, %(subject_id)s, %(now)s)
    on conflict (workspace_id, topic, subject_id) do nothing
    """
)

OPT_IN = Command(
    """
    delete from mail_opt_outs
    where workspace_id = %(workspace_id)s and topic = %(topic)s and subject_id = %(subject_id)s
    """
)

OPTED_OUT = Query(
    """
    select since from mail_opt_outs
    where workspace_id = %(workspace_id)s and topic = %(topic)s and subject_id = %(subject_id)s
    """,
    SinceRow,
)

ERASE_MAILS = Command(
    """
    delete from mails
    where workspace_id = %(workspace_id)s
      and (subject_id = any(%(ids)s::uuid[]) or recipient_address = any(%(texts)s::text[]))
    """
)

# A mail to somebody else stays, on its way or not.
ERASE_FROM_MAILS = Command(
    """
    update mails
    set recipient_name = regexp_replace(recipient_name, %(pattern)s, %(replacement)s, 'gi'),
        subject = regexp_replace(subject, %(pattern)s, %(replacement)s, 'gi'),
        text = regexp_replace(text, %(pattern)s, %(replacement)s, 'gi'),
        html = regexp_replace(html, %(pattern)s, %(replacement)s, 'gi'),
        reply = regexp_replace(reply, %(pattern)s, %(replacement)s, 'gi')
    where workspace_id = %(workspace_id)s
      and concat_ws(' ', recipient_name, subject, text, html, reply) ~* %(pattern)s
    """
)

ERASE_OPT_OUTS = Command(
    """
    delete from mail_opt_outs where workspace_id = %(workspace_id)s and subject_id = any(%(ids)s::uuid[])
    """
)

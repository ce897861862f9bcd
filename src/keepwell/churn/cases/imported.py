"""Files of past follow-ups: each row is a case, with the contact that was made, if one was.

The importer's entity of this room; `app` registers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from keepwell.churn.cases import store
from keepwell.importing.entities.mapped import RecordReading, require_known
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.mapping.entity_fields import EntityFields
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.upserts.entities import ACCOUNTS
from keepwell.importing.upserts.entity import Entity, Reference
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import Row
from keepwell.importing.upserts.service import Batch
from keepwell.platform.clock import today


class ArmName(StrEnum):
    """The arms, as files name them."""

    ACT = "act"
    HOLD = "hold"


class ChannelName(StrEnum):
    """The channels of a contact, as files name them."""

    PHONE = "phone"
    MAIL = "mail"
    CHAT = "chat"
    MEETING = "meeting"
    OTHER = "other"


class CaseRow(Row, frozen=True, kw_only=True):
    """A case to write. How it ended is as it is stored; of a new one it is "unknown" if it has, since nobody has looked yet."""

    account: str
    opened_on: date
    horizon_ends_on: date
    arm: ArmName
    held_share: Decimal | None
    outcome: str | None = None
    mrr_at_horizon: Decimal | None = None
    mrr_lost: Decimal | None = None
    unknown_because: str | None = None


class ContactRow(Row, frozen=True, kw_only=True):
    """The contact of a case; it has the case's id at the source."""

    case: str
    account: str
    contacted_at: datetime
    channel: ChannelName


class FollowUpRow(Row, frozen=True, kw_only=True):
    """A row of the file."""

    case: CaseRow
    contact: ContactRow | None


SAVE_CASES = Entity(
    name="save_cases",
    singular="save case",
    columns={
        "account_id": "uuid",
        "opened_on": "date",
        "horizon_ends_on": "date",
        "arm": "text",
        "held_share": "numeric",
        "outcome": "text",
        "mrr_at_horizon": "numeric",
        "mrr_lost": "numeric",
        "unknown_because": "text",
    },
    references=(Reference(field="account", column="account_id", entity=ACCOUNTS),),
    # The nightly work decides every case that has ended; an import that was wrong can still be undone.
    derived=(
        *("outcome", "mrr", "mrr_at_horizon", "mrr_lost", "unknown_because", "decided_at", "records_until"),
        *("revised_at", "revised_from", "is_announced"),
    ),
)

SAVE_CASE_CONTACTS = Entity(
    name="save_case_contacts",
    singular="contact of a save case",
    columns={"case_id": "uuid", "account_id": "uuid", "contacted_at": "timestamptz", "channel": "text"},
    references=(
        Reference(field="case", column="case_id", entity=SAVE_CASES),
        Reference(field="account", column="account_id", entity=ACCOUNTS),
    ),
    is_versioned=False,
)

FIELDS = EntityFields(
    name="save_cases",
    required=("id", "account", "arm", "opened_on", "horizon_ends_on"),
    optional=("held_share", "contacted_at", "channel"),
)


class SaveCaseEntity:
    """Past follow-ups of known accounts. Arms and days that are stored never change: a row that differs becomes a dead letter."""

    entity = SAVE_CASES
    fields = FIELDS

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The cases and the contacts to write."""
        accounts, scope = await reading.known(ACCOUNTS), reading.scope

        def convert(fields: Fields) -> list[FollowUpRow]:
            row = follow_up_row(fields)
            require_known(row.case.account, accounts, entity=ACCOUNTS, field="account")
            return [row]

        rows = reader.unique_rows(convert, progress=scope.progress)
        cases = await _settled(reading, [row.case for row in rows], on=today(scope.runtime.clock))
        kept = await _with_one_open(reader, reading, cases)
        ids = {case.external_id for case in kept}
        contacts = [row.contact for row in rows if row.contact is not None and row.external_id in ids]
        return {SAVE_CASES: kept, SAVE_CASE_CONTACTS: contacts}


def follow_up_row(fields: Fields) -> FollowUpRow:
    """A case and its contact from the fields of a row."""
    external_id, account = fields.text("id"), fields.text("account")
    case = CaseRow(
        external_id,
        account=account,
        opened_on=fields.day("opened_on"),
        horizon_ends_on=fields.day("horizon_ends_on"),
        arm=fields.choice("arm", ArmName),
        held_share=fields.optional_share("held_share"),
    )
    if case.horizon_ends_on <= case.opened_on:
        reason = f"{case.horizon_ends_on} is not after {case.opened_on}, when the case was opened."
        raise RejectedRow("horizon_ends_on", "invalid-period", reason)
    if fields.optional("contacted_at") is None:
        return FollowUpRow(external_id, case=case, contact=None)
    contacted_at = fields.instant("contacted_at")
    if not case.opened_on <= contacted_at.astimezone(UTC).date() <= case.horizon_ends_on:
        reason = f"{contacted_at:%Y-%m-%d} is not one of the days {case.opened_on} to {case.horizon_ends_on}."
        raise RejectedRow("contacted_at", "outside-case", reason)
    channel = ChannelName.OTHER
    if fields.optional("channel") is not None:
        channel = fields.choice("channel", ChannelName)
    contact = ContactRow(
        external_id, case=external_id, account=account, contacted_at=contacted_at, channel=channel
    )
    return FollowUpRow(external_id, case=case, contact=contact)


async def _settled(reading: RecordReading, cases: Sequence[CaseRow], *, on: date) -> list[CaseRow]:
    """The cases with what is stored of their outcome; of a new one that is over, nobody has looked yet."""
    found = await store.STORED_OUTCOMES.all(
        reading.connection,
        workspace_id=reading.scope.workspace_id,
        external_ids=[case.external_id for case in cases],
    )
    stored = {each.external_id: each for each in found}
    return [_settled_case(case, stored.get(case.external_id), on=on) for case in cases]


def _settled_case(case: CaseRow, stored: store.StoredOutcome | None, *, on: date) -> CaseRow:
    if stored is not None:
        fields = msgspec.structs.asdict(stored)
        del fields["external_id"]
        return msgspec.structs.replace(case, **fields)
    if case.horizon_ends_on < on:
        return msgspec.structs.replace(case, outcome="unknown", unknown_because="not_decided")
    return case


async def _with_one_open(
    reader: EntityReader, reading: RecordReading, cases: Sequence[CaseRow]
) -> list[CaseRow]:
    """The cases without those that would be a second open one of their account, which become dead letters."""
    rows = await store.OPEN_CASES.all(reading.connection, workspace_id=reading.scope.workspace_id)
    holders = {row.account: row.external_id for row in rows}
    kept = []
    for case in cases:
        holder = case.external_id if case.outcome else holders.setdefault(case.account, case.external_id)
        if holder == case.external_id:
            kept.append(case)
        else:
            reason = f"the account {case.account!r} has the open case {holder!r} already."
            reader.reject_unwritable(case.external_id, RejectedRow("account", "open-case", reason))
    return kept

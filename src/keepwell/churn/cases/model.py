"""Save cases as clients see them: which accounts get one, how it ends, and the contacts meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from keepwell.churn.model import Reason
from keepwell.platform.errors import Conflict
from keepwell.platform.values.periods import Instant

Arm = Literal["act", "hold"]
# What became of the account by the last day of the horizon; `unknown` if the records do not say.
Outcome = Literal["stayed", "left", "shrank", "unknown"]
CaseOutcome = Literal["open", "stayed", "left", "shrank", "unknown"]
# Nobody has looked yet; the records do not reach the horizon's end; a subscription of the account cannot be read.
UnknownBecause = Literal["not_decided", "records_end", "unreadable"]
Channel = Literal["phone", "mail", "chat", "meeting", "other"]
CaseSort = Literal["opened_on", "-opened_on"]

Note = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"^[^\u0000]*$")]
CrossoverReason = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=500,
        pattern=r"^[^\u0000]*$",
        description="Why an account that is left alone was contacted.",
        examples=["They called us."],
    ),
]


class AccountLeftAlone(Conflict):
    """The account is left alone on purpose until its case ends."""

    code = "account-left-alone"


class CaseItem(msgspec.Struct, frozen=True):
    """An account at risk, from the day of the list that said so until the last day of that list's horizon.

    `account` is its name, and `account_external_id` its id at its source. `probability`, `mrr` and `reasons` are as they were then; the probability is null, and there is no reason, for an imported case.
    `arm` is `hold` for an account that is left alone by chance; `held_share` is the share of accounts that the draw held, null if it
    is not known. `outcome` is `open` until the horizon has ended. From then on `mrr_at_horizon` is what the account paid on its last
    day, and `mrr_lost` how much less that is than on the first, whatever exchange rates did; null while they are unknown, and
    `unknown_because` says why. `records_until` is the day to which the records reached when that was decided. A later correction of
    the records decides it again: `revised_at` says when, and `revised_from` what the outcome was before.
    """

    id: UUID
    external_id: str
    account_id: UUID
    account: str
    account_external_id: str
    opened_on: date
    horizon_ends_on: date
    arm: Arm
    held_share: float | None
    model_version: int | None
    probability: float | None
    mrr: str | None
    reasons: Sequence[Reason]
    outcome: CaseOutcome
    mrr_at_horizon: str | None
    mrr_lost: str | None
    unknown_because: UnknownBecause | None
    decided_at: datetime | None
    records_until: date | None
    revised_at: datetime | None
    revised_from: Outcome | None
    contacts: int
    last_contacted_at: datetime | None
    currency: str
    version: int


class CaseContact(msgspec.Struct, frozen=True):
    """A contact that was made with the account of a case; `by` is the member's name, null if it was imported.

    One with an account that is left alone is a crossover: it has a reason, and the case stays in its arm.
    """

    id: UUID
    case_id: UUID
    contacted_at: datetime
    channel: Channel
    by: str | None
    note: str | None
    crossover_reason: str | None


class CaseDetail(CaseItem, frozen=True):
    """A case with its contacts, newest first."""

    made: Sequence[CaseContact]


class CasePage(msgspec.Struct, frozen=True):
    """A page of cases, and the cursor of the next page, if any."""

    items: Sequence[CaseItem]
    next: str | None


class CaseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases, and in which order; those of accounts that are left alone only if `with_held`."""

    with_held: bool
    account_id: UUID | None = None
    arm: Arm | None = None
    outcome: CaseOutcome | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    sort: CaseSort = "-opened_on"


class NewCaseContact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact to record, made now unless `contacted_at` says when."""

    channel: Channel = "other"
    contacted_at: Instant | None = None
    note: Note | None = None
    crossover_reason: CrossoverReason | None = None


class SentContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact as the audit log and other systems hear of it: without its note, which may be about anybody."""

    id: UUID
    case_id: UUID
    account_id: UUID
    contacted_at: datetime
    channel: Channel
    member_id: UUID | None
    is_crossover: bool


class SentCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case as other systems hear of it; `outcome` is null while it is open."""

    id: UUID
    account_id: UUID
    opened_on: date
    horizon_ends_on: date
    outcome: Outcome | None


class SentCases(msgspec.Struct, frozen=True):
    """Cases that were opened, or that ended, up to a hundred in a message."""

    cases: Sequence[SentCase]


class CaseMoment(msgspec.Struct, frozen=True):
    """A case was opened or ended, or somebody was in contact with its account."""

    moment: datetime
    id: str
    type: Literal["opened", "ended", "contacted"]
    case_id: UUID
    arm: Arm
    horizon_ends_on: date
    outcome: CaseOutcome
    channel: Channel | None
    by: str | None
    note: str | None

"""The save list as clients see it: its accounts, those that are left alone, and what changed between two days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.churn.label import Label, LabelName
from keepwell.churn.model import ChurnKind, ChurnModel, Reason, Signal
from keepwell.churn.sources.coverage import SourceName
from keepwell.records.accounts.model import AccountGroup, RiskKind


class ContactToReach(msgspec.Struct, frozen=True):
    """Whom to write to or call: at least one of `email`, which takes mail, and `phone` is known."""

    name: str | None
    email: str | None
    phone: str | None


class OpenCase(msgspec.Struct, frozen=True):
    """The open case of an account: since when, until when, and how often somebody has been in contact meanwhile."""

    id: UUID
    opened_on: date
    horizon_ends_on: date
    contacts: int
    last_contacted_at: datetime | None


# Of a website that could be asked.
SeenState = Literal["alive", "moved", "dead"]


class WebsiteSign(msgspec.Struct, frozen=True):
    """What is known of an account's website since a time: `status` is the HTTP status of one that is dead, `moved_to` where it moved."""

    state: SeenState
    status: int | None
    moved_to: str | None
    since: datetime


class PageSign(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong since a time with another website that contacts of the account name, such as a status page; fields as of WebsiteSign."""

    website: str
    state: Literal["moved", "dead"]
    status: int | None = None
    moved_to: str | None = None
    since: datetime


class SaveListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An account in the save list: its risk as scored, times what it pays a month; money has two places.

    `account_external_id` is its id at its source. `mrr` is the MRR that it pays today, or its mean spend a month as scored if the model's `money` is "spend"; it and
    `revenue_at_risk` are null if that is "none". `plan` is null without a subscription.
    `contact` is None if nobody of the account can be reached by what is on record. `case` is null if none is open. `website` is
    what was seen from outside, null if nothing was: the model does not know it, so it is not one of the reasons. `pages` are
    other websites that its contacts name and that moved or died.
    """

    rank: int
    account_id: UUID
    name: str
    account_external_id: str
    plan: str | None
    mrr: str | None
    probability: float
    revenue_at_risk: str | None
    kind: ChurnKind
    reasons: Sequence[Reason]
    contact: ContactToReach | None
    case: OpenCase | None
    website: WebsiteSign | None
    pages: Sequence[PageSign]
    scored_at: datetime


class SaveListTotals(msgspec.Struct, frozen=True):
    """The accounts of the whole save list by kind, whatever page is read: their number, MRR and revenue at risk.

    The MRR is the mean spend, or null, as that of the accounts is. `left_alone` accounts are not on the list; only their number is shown.
    """

    voluntary: int
    involuntary: int
    voluntary_mrr: str | None
    involuntary_mrr: str | None
    voluntary_at_risk: str | None
    involuntary_at_risk: str | None
    left_alone: int


class SilentSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source without records since `last_on`, so that no list about later days can be made; the `statement` says why."""

    source: SourceName
    last_on: date
    statement: str


class SaveList(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts that pay today, or use the product, by revenue at risk, most first; `model` is None before the first list.

    `run` is the number of the run that made the list, at `scored_at`, by the `model`. `outdated` if an import changed records after
    that: accounts that are new since then are not scored yet.
    `horizon_ends_on` is the last day that the probabilities are about, and until which accounts are left alone.
    `silence` is set if a source had gone silent at the last run: the list stays as of the days before.
    """

    run: int | None
    scored_at: datetime | None
    as_of: date | None
    horizon_ends_on: date | None
    outdated: bool
    currency: str
    policy: str
    model: ChurnModel | None
    silence: SilentSource | None
    totals: SaveListTotals
    items: Sequence[SaveListEntry]
    next: str | None


class LeftAloneAccount(msgspec.Struct, frozen=True):
    """An account that was left alone when the newest list was made; `id` is the account's, and `mrr` what it is on that list.

    `since` is the first day of its open case, `until` the last one; without a case, those of the list.
    """

    id: UUID
    external_id: str
    name: str
    plan: str | None
    mrr: str | None
    kind: RiskKind
    since: date
    until: date


class LeftAlonePage(msgspec.Struct, frozen=True):
    """A page of accounts that are left alone, and the cursor of the next page, if any."""

    items: Sequence[LeftAloneAccount]
    next: str | None


class KindFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts of the list, or of those that are left alone: of one kind, or all."""

    kind: ChurnKind | None = None


class RiskChange(msgspec.Struct, frozen=True):
    """An account whose probability changed between two lists; the MRR is that of each list, and null if they know no money."""

    account_id: UUID
    name: str
    kind: RiskKind
    probability: float
    probability_before: float
    revenue_at_risk: str | None
    revenue_at_risk_before: str | None


class SaveListChanges(msgspec.Struct, frozen=True, kw_only=True):
    """The newest save list compared with the newest one of an earlier day and the same label, both as they were made.

    `compared_with` is the day of the earlier list; None if there is none, and then nothing is compared. `joined` counts the
    accounts that only the newest list has, `gone` those that only the earlier one has. Accounts left alone are in neither.

    `new_at_risk` are accounts with a warning that they had not before: usage that fell, a payment that failed, a cancellation;
    its amount is their revenue at risk. `back_in_use` are those whose usage was a warning before and no longer is; its amount
    is the change of their revenue at risk.
    """

    as_of: date | None
    compared_with: date | None
    currency: str
    joined: int
    gone: int
    revenue_at_risk: str | None
    revenue_at_risk_before: str | None
    risen: Sequence[RiskChange]
    fallen: Sequence[RiskChange]
    new_at_risk: AccountGroup | None
    back_in_use: AccountGroup | None


class ListRisk(msgspec.Struct, frozen=True):
    """The revenue at risk of a day's newest list as it was made; None if the release that made it did not keep it."""

    as_of: date
    revenue_at_risk: str | None


class SaveListPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended; it names the run, so that one in between does not mix two lists.

    The place is that of the page's last account, not its rank, which changes when another account leaves.
    """

    run: int
    annual_at_risk: Decimal
    annual_amount: Decimal
    probability: float
    external_id: str


class AccountRisk(msgspec.Struct, frozen=True, kw_only=True):
    """The risk of one account on the list, as its page shows it; an account that is left alone has no `rank`.

    `label` and `horizon_days` say of what; `mrr` and `revenue_at_risk` are those of the save list. Unless the model's `signal` was found, the probability is the overall rate, and the same for every account.
    """

    label: Label
    horizon_days: int
    probability: float
    mrr: str | None
    revenue_at_risk: str | None
    kind: ChurnKind
    reasons: Sequence[Reason]
    scored_at: datetime
    rank: int | None
    is_held: bool
    case: OpenCase | None
    website: WebsiteSign | None
    pages: Sequence[PageSign]
    signal: Signal


class ScoreMoment(msgspec.Struct, frozen=True):
    """An account's line of a save list as it was made, which said something new; `reasons` is JSON text.

    `version` is that of the list's model, and `probability_before` of the moment before.
    """

    moment: datetime
    id: str
    version: int
    probability: float
    probability_before: float | None
    revenue_at_risk: str | None
    currency: str
    kind: RiskKind
    reasons: str
    is_held: bool
    signal: bool
    label: LabelName

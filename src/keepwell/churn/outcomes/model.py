"""What contacts with accounts at risk were worth, as clients see it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.churn.cases.episodes.enrolment import NoCases
from keepwell.churn.cases.model import Arm, Outcome
from keepwell.churn.label import LabelName
from keepwell.platform.effects.model import Method

# Nobody is left alone; the split of the arms is no chance; more, or fewer, of those who were contacted stayed; or none of it is sure.
Verdict = Literal["no_holdout", "mismatch", "fewer_left", "more_left", "not_sure"]
# Whether the newest list opened cases, or why not: there is none, or as the rule of enrolment says.
Enrolling = Literal["yes", "no_list", NoCases]
BaseFrom = Literal["left_alone", "all_cases", "lists"]


class Bounds(msgspec.Struct, frozen=True):
    """A figure with the bounds of its interval of 95 %."""

    value: float
    low: float
    high: float


class MoneyBounds(msgspec.Struct, frozen=True):
    """An amount a month with the bounds of its interval of 95 %."""

    amount: str
    amount_low: str
    amount_high: str


class ArmFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of one arm whose outcome is known, and how they ended; `mrr_lost` is that of all of them together.

    `contacted` counts the cases with a contact, and `contacts` the contacts themselves.
    """

    cases: int
    left: int
    shrank: int
    stayed: int
    contacted: int
    contacts: int
    mrr_lost: str


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """Whether as many accounts are left alone as the share says: the chance of a split at least so odd, if it was drawn fairly."""

    held: int
    accounts: int
    p_value: float
    is_mismatch: bool


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What contacts saved, each for one month only, since what an account pays later was not measured.

    `per_case` is the MRR that a case kept because it was to be contacted, `mrr` that of all of them together; null while there are too
    few cases. Their intervals may be looked at every month. `cost` is that of the contacts, null while nobody has said what one costs,
    and `net` is `mrr` without it. `is_shown` if the interval of `per_case` excludes zero.
    """

    per_case: MoneyBounds | None
    mrr: MoneyBounds | None
    cost: str | None
    net: MoneyBounds | None
    is_shown: bool


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """The cases that were drawn with one share of accounts left alone: only these can be compared with each other.

    `held_share` is null if a source did not say it. `open` cases have not ended, and of `unknown` ones the records do not say how. `stayed`
    is by how much the share that stayed is higher among those that were to be contacted, contacted or not, with an interval for one look;
    `always_valid` is the same with one that may be looked at every month, and alone gives the `verdict`. Both are null while an arm is empty.
    """

    held_share: float | None
    opened_from: date
    opened_to: date
    open: int
    unknown: int
    acted: ArmFigures
    held: ArmFigures
    method: Method
    stayed: Bounds | None
    always_valid: Bounds | None
    split: Split | None
    saved: Saved
    verdict: Verdict


class VisibleEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What could be seen after so many months with such a share left alone, by the number of cases so far.

    `fewest` is the smallest reduction of the share that leaves, as a part of it, that would show in four of five such businesses, to
    somebody who looks once; null if not even the end of all leaving would. `left_alone_a_month` is what it costs.
    """

    held_share: float
    months: int
    fewest: float | None
    left_alone_a_month: float


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases are opened, and what can ever be seen with them.

    `state` says whether the newest list opened cases. `a_month` is the number of the last twelve months, or since the first case,
    a month. `base_rate` is the share that leaves, from those left alone, from all cases, or from what lists expected; null without any.
    """

    state: Enrolling
    a_month: float | None
    since: date | None
    base_rate: float | None
    base_from: BaseFrom | None
    held_share: float
    visible: Sequence[VisibleEffect]


class MonthArm(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of one arm that were opened in a month."""

    cases: int
    ended: int
    left: int
    contacts: int


class OutcomeMonth(msgspec.Struct, frozen=True, kw_only=True):
    """The cases opened in a month, by its first day, in both arms, and their MRR at the opening; null if that of one is not known."""

    month: date
    acted: MonthArm
    held: MonthArm
    mrr: str | None


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What contacts with accounts at risk were worth: by the share left alone, the latest first, and last cases without any; by month.

    `crossovers` are contacts with accounts that were left alone, which stay counted there. `contact_cost` is the workspace's setting.
    """

    currency: str
    rule: str
    contact_cost: str | None
    cases: int
    open: int
    contacts: int
    crossovers: int
    experiments: Sequence[Experiment]
    months: Sequence[OutcomeMonth]
    enrolment: Enrolment


class CaseFigures(msgspec.Struct, frozen=True):
    """A case as it is measured, in the order in which cases were opened; `outcome` is None while it is open."""

    account_id: UUID
    opened_on: date
    arm: Arm
    held_share: float | None
    probability: float | None
    mrr: Decimal | None
    outcome: Outcome | None
    mrr_lost: Decimal | None
    contacts: int


class NewestList(msgspec.Struct, frozen=True):
    """Whether the newest list could open cases: what it is about, its last day, and when it was made."""

    label: LabelName
    horizon_ends_on: date
    made_at: datetime

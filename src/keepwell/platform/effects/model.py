"""What an experiment is made of, and what is said of its effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

Method = Literal["newcombe", "ancova"]


class Enrolled(NamedTuple):
    """A case whose horizon has ended, in the arm that it was put in, whatever was done with it afterwards.

    `score` is what was expected of the outcome when the case was opened; `outcome` is a share, such as 1 if the account stayed, or an
    amount. An account may have several cases.
    """

    account_id: UUID
    is_held: bool
    score: float
    outcome: float


class Interval(NamedTuple):
    """A figure and where 95 % of intervals that are made so contain the true one."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether no effect is outside."""
        return self.low > 0 or self.high < 0


class ArmCounts(msgspec.Struct, frozen=True):
    """The cases of an arm and the mean of their outcomes; None without any."""

    cases: int
    mean: float | None


class SampleRatio(msgspec.Struct, frozen=True):
    """Whether as many accounts are held as the share says: the chance of a split that is at least so odd, if it was drawn fairly.

    A mismatch means that cases are missing from one arm, and no effect can be believed.
    """

    held: int
    accounts: int
    expected: float
    p_value: float

    @property
    def is_mismatch(self) -> bool:
        """Whether the split is too odd for chance, at one in a thousand: it is looked at every day."""
        return self.p_value < 0.001  # noqa: PLR2004  the usual bound, since most experiments are healthy


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What acting changed in the mean outcome, by the arms as they were drawn (intention to treat).

    `interval` is for somebody who looks once, on a day that was fixed before; `always_valid` may be looked at every month. Both are
    None while either arm is empty, or, for amounts, while there are too few cases. `is_shown` is the verdict, by the latter alone.
    """

    acted: ArmCounts
    held: ArmCounts
    method: Method
    interval: Interval | None
    always_valid: Interval | None
    sample_ratio: SampleRatio

    @property
    def is_shown(self) -> bool:
        """Whether there is an effect, by an interval that stays valid however often one looks, and a fair split."""
        return (
            self.always_valid is not None
            and self.always_valid.excludes_zero
            and not self.sample_ratio.is_mismatch
        )


class Arms(NamedTuple):
    """The cases by arm."""

    acted: Sequence[Enrolled]
    held: Sequence[Enrolled]

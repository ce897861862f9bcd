"""The label of a model: what it calls leaving, and what is lost if an account leaves."""

from __future__ import annotations

from typing import Literal

import msgspec

LabelName = Literal["subscription", "inactivity"]
# What is lost a month if an account leaves: its MRR, the mean of what it spent, or nothing that is on record.
MoneyName = Literal["mrr", "spend", "none"]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a model calls leaving, and how its list weighs accounts.

    By "subscription", the MRR falls to zero on some day of the horizon. By "inactivity", an account that had an event of use in the
    last `active_within_days` days has none in the whole horizon; `amount_property` is the property of events that `money` is from.
    """

    name: LabelName = "subscription"
    money: MoneyName = "mrr"
    active_within_days: int | None = None
    amount_property: str | None = None

    @property
    def has_money(self) -> bool:
        """Whether anything is known of what an account is worth."""
        return self.money != "none"

    @property
    def is_recorded(self) -> bool:
        """Whether somebody recorded who left, so that an input may be that record; inactivity is only seen afterwards."""
        return self.name == "subscription"


BY_SUBSCRIPTION = Label()

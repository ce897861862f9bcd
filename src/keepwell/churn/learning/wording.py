"""What leaving is called in sentences about a model, by its label."""

from __future__ import annotations

import msgspec

from keepwell.churn.label import Label


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one label: "who leaves", "accounts that ... left", "one that stayed"."""

    leaves: str
    leave: str
    left: str
    stayed: str
    accounts: str
    condition: str
    within: str
    everybody: str


_SUBSCRIPTION = Wording(
    leaves="leaves",
    leave="leave",
    left="left",
    stayed="stayed",
    accounts="paying accounts that had not cancelled",
    condition="accounts that had not cancelled",
    within="an account left within {days} days",
    everybody="every account that has not cancelled",
)
_INACTIVITY = Wording(
    leaves="goes quiet",
    leave="go quiet",
    left="went quiet",
    stayed="went on",
    accounts="active accounts",
    condition="active accounts",
    within="an account had no event of use in the next {days} days",
    everybody="every account",
)


def wording_of(label: Label) -> Wording:
    """The words of the label; `within` still has a place for the days."""
    if label.name == "subscription":
        return _SUBSCRIPTION
    accounts = f"accounts that had been active in the {label.active_within_days} days before"
    return msgspec.structs.replace(_INACTIVITY, accounts=accounts, condition=accounts)


def order_of(label: Label, *, has_signal: bool) -> str | None:
    """By what the list is ranked; None if that goes without saying."""
    match label.money:
        case "mrr":
            return None if has_signal else "the list is ranked by MRR alone."
        case "spend":
            spend = f"mean spend a month, by the property {label.amount_property} of events of use"
            return (
                f"The list is ranked by the chance times the {spend}."
                if has_signal
                else f"the list is ranked by {spend}, alone."
            )
        case "none":
            nothing = "no event of use has an amount of money"
            return (
                f"The list is ranked by chance alone, because {nothing}."
                if has_signal
                else f"the order of the list says nothing, because {nothing} either."
            )

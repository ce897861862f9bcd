"""What the inputs of a model are called, and the sentences that explain them in plain language.

Many inputs say much the same, so their contributions are added up by topic, and a topic gets one sentence. It has the account's own
numbers and the days that they are about, so that it stays true beside the account's page, which goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

import msgspec

from keepwell.churn.model import Observation, Reason
from keepwell.churn.sources.event_names import looks_personal

PLAN, _EVENT = "plan", "event"
# Of the two, models read the second if it is there, since few seats in use say what days without use do.
RECENCY, USUAL_USE = "recency_days", "usual_use_days_ago"
_RENEWAL_DUE = "renewal_due"


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs that one sentence explains; nobody can act on the others, such as the MRR.

    `explain` compares the account's own numbers with the typical value of an input (NaN if there is none), and returns None if they
    contradict the reason: an account that became busier is never said to have gone quiet.
    """

    name: str
    inputs: tuple[str, ...]
    explain: Callable[[Observation, Mapping[str, float]], Reason | None]


_TITLES = {
    "events_short": "the number of events of the last days",
    "events_mid": "the number of events",
    "events_long": "the number of events",
    "active_days_short": "the number of active days of the last days",
    "active_days_mid": "the number of active days",
    "active_days_long": "the number of active days",
    "events_total": "the number of all events",
    "active_days_total": "the number of all active days",
    RECENCY: "the days without activity",
    USUAL_USE: "the days since the use was as usual",
    "gap_days": "the usual days between active ones",
    "recency_over_gap": "the days without activity against the usual ones",
    "trend": "the change of activity",
    "share_short": "the share of the last days in the activity",
    "tickets_mid": "the number of tickets",
    "payment_failures_mid": "the number of failed payments",
    "payment_failed_days_ago": "the days since a failed payment",
    "open_payment": "an open payment",
    "tenure_days": "the time as a customer",
    "days_to_renewal": "the days until the next renewal",
    "renewal_due": "a renewal within the horizon",
    "is_annual": "paying by the year",
    "mrr": "the MRR",
    "spend_a_month": "the mean spend a month",
    "seats": "the number of seats",
    "seats_used_share": "the share of seats that are used",
    "plan_changes_long": "the changes of plan or seats",
}


def title_of(name: str) -> str:
    """What the input is called in a sentence."""
    kind, _, rest = name.partition(":")
    if kind == PLAN:
        return f"the plan {rest}"
    if kind == _RENEWAL_DUE and rest:
        return f"{title_of(rest)} before a renewal"
    if kind == _EVENT:
        event, _, what = rest.rpartition(":")
        return f"the days since {event}" if what == "recency" else f"the number of {event}"
    return _TITLES.get(name, name)


def topics_of(names: Iterable[str]) -> list[Topic]:
    """The topics of these inputs: the fixed ones that have any of them, and one for each kind of event.

    A model of an earlier release may have kinds whose names look like personal data: no sentence says them.
    """
    names = list(names)
    own = [
        msgspec.structs.replace(topic, inputs=tuple(name for name in topic.inputs if name in names))
        for topic in _TOPICS
    ]
    return [
        *(topic for topic in own if topic.inputs),
        *(_event_topic(kind) for kind in kinds_of(names) if not looks_personal(kind)),
    ]


def kinds_of(names: Iterable[str]) -> list[str]:
    """The kinds of event that have inputs of their own, in their order."""
    own = (name.removeprefix(f"{_EVENT}:") for name in names if name.startswith(f"{_EVENT}:"))
    return list(dict.fromkeys(name.rpartition(":")[0] for name in own))


def plans_of(names: Iterable[str]) -> list[str]:
    """The plans that have an input of their own, in their order."""
    return [name.removeprefix(f"{PLAN}:") for name in names if name.startswith(f"{PLAN}:")]


def cancelled_reason(seen: Observation) -> Reason | None:
    """That the account has announced that it leaves; None if it has not."""
    snapshot = seen.snapshot
    if snapshot.cancelled_on is None:
        return None
    return Reason("cancelled", f"Cancelled on {snapshot.cancelled_on}; service ends on {snapshot.paid_until}")


def open_payment_reason(seen: Observation) -> Reason | None:
    """That a payment is open; None if all are made."""
    if seen.open_payment_days is not None:
        failed_on = _days_before(seen, seen.open_payment_days)
        return Reason("payment_open", f"A payment failed on {failed_on} and is still open")
    if seen.overdue_days is not None:
        return Reason(
            "payment_open", f"An invoice has been overdue since {_days_before(seen, seen.overdue_days)}"
        )
    return None


def _explain_activity(seen: Observation, typical: Mapping[str, float]) -> Reason | None:
    days, both = _count(seen, "active_days_mid"), _count(seen, "active_days_long")
    window = seen.windows.mid
    if days is None or both is None or seen.snapshot.tenure_days < window:
        return None
    before = both - days
    if days < before and seen.snapshot.tenure_days >= seen.windows.long:
        text = f"{_days(days, 'active day')} {_period(seen, window)}, {before} in the {window} days before"
        return Reason("activity_down", text)
    usual = typical.get("active_days_mid", math.nan)
    if math.isnan(usual) or days >= round(usual):
        return None
    text = f"{_days(days, 'active day')} {_period(seen, window)}; the typical account has {round(usual)}"
    return Reason("activity_low", text)


def _explain_quiet(seen: Observation, _typical: Mapping[str, float]) -> Reason | None:
    recency, usual, gap = (seen.values.get(name, math.nan) for name in (RECENCY, USUAL_USE, "gap_days"))
    since = max(recency, usual)
    if math.isnan(since) or math.isnan(gap) or since <= max(gap, 1):
        return None
    if usual > recency:
        return Reason(
            "quiet", f"Less than half of the usual seats used since {_days_before(seen, int(usual))}"
        )
    last = _days_before(seen, int(recency))
    active, rest = _count(seen, "active_days_long"), seen.windows.long - int(recency) + 1
    if not active or rest <= 1:
        return Reason("quiet", f"Not used since {last}")
    return Reason("quiet", f"Not used since {last}; active on {active} of the {rest} days until then")


def _explain_payments(seen: Observation, _typical: Mapping[str, float]) -> Reason | None:
    found = open_payment_reason(seen)
    failed = _count(seen, "payment_failures_mid")
    if found is not None or not failed:
        return found
    attempts = "1 payment attempt" if failed == 1 else f"{failed} payment attempts"
    return Reason("payments_failed", f"{attempts} failed {_period(seen, seen.windows.mid)}")


def _explain_tenure(seen: Observation, _typical: Mapping[str, float]) -> Reason | None:
    # Without a subscription, nobody knows whether it was a customer before it was first seen.
    if seen.snapshot.paid_until is None:
        return None
    return Reason("tenure", f"A paying customer since {_days_before(seen, seen.snapshot.tenure_days)}")


def _explain_renewal(seen: Observation, _typical: Mapping[str, float]) -> Reason | None:
    snapshot = seen.snapshot
    if snapshot.cancelled_on is not None or snapshot.paid_until is None:
        return None
    if snapshot.paid_days_left > seen.windows.mid:
        return None
    which = "yearly" if seen.values.get("is_annual") == 1 else "next"
    return Reason("renewal_near", f"The {which} renewal is on {snapshot.paid_until}")


def _explain_tickets(seen: Observation, _typical: Mapping[str, float]) -> Reason | None:
    opened = _count(seen, "tickets_mid")
    if not opened:
        return None
    tickets = "1 ticket" if opened == 1 else f"{opened} tickets"
    return Reason("tickets", f"{tickets} opened {_period(seen, seen.windows.mid)}")


def _explain_seats_used(seen: Observation, typical: Mapping[str, float]) -> Reason | None:
    share, seats = (seen.values.get(name, math.nan) for name in ("seats_used_share", "seats"))
    if math.isnan(share) or share >= typical.get("seats_used_share", math.nan):
        return None
    used = f"{round(share * seats)} of {round(seats)} seats used a day"
    return Reason("seats_unused", f"On average {used} {_period(seen, seen.windows.mid)}")


def _event_topic(kind: str) -> Topic:
    def explain(seen: Observation, _typical: Mapping[str, float]) -> Reason | None:
        recency = seen.values[f"{_EVENT}:{kind}:recency"]
        active = seen.values.get(RECENCY, math.nan)
        # Of an account that does nothing at all, "quiet" says it.
        if math.isnan(recency) or recency <= seen.windows.mid or active >= recency:
            return None
        return Reason("event_stopped", f"The last {kind} was on {_days_before(seen, int(recency))}")

    inputs = tuple(f"{_EVENT}:{kind}:{what}" for what in ("mid", "recency"))
    return Topic(name=f"{_EVENT}:{kind}", inputs=inputs, explain=explain)


_TOPICS = (
    Topic(
        name="activity",
        inputs=(
            "events_short", "events_mid", "events_long", "active_days_short", "active_days_mid", "active_days_long",
            "trend", "share_short", "renewal_due:active_days_mid", "renewal_due:trend",
        ),
        explain=_explain_activity,
    ),
    Topic(
        name="quiet",
        inputs=(
            RECENCY, USUAL_USE, "gap_days", "recency_over_gap", f"{_RENEWAL_DUE}:{RECENCY}", f"{_RENEWAL_DUE}:{USUAL_USE}",
            f"{_RENEWAL_DUE}:recency_over_gap",
        ),
        explain=_explain_quiet,
    ),
    Topic(
        name="payment",
        inputs=("open_payment", "payment_failures_mid", "payment_failed_days_ago"),
        explain=_explain_payments,
    ),
    Topic(name="tenure", inputs=("tenure_days",), explain=_explain_tenure),
    Topic(name="renewal", inputs=("days_to_renewal", "renewal_due"), explain=_explain_renewal),
    Topic(name="tickets", inputs=("tickets_mid", "renewal_due:tickets_mid"), explain=_explain_tickets),
    Topic(
        name="seats_used",
        inputs=("seats_used_share", "renewal_due:seats_used_share"),
        explain=_explain_seats_used,
    ),
)  # fmt: skip


def _count(seen: Observation, name: str) -> int | None:
    value = seen.values.get(name, math.nan)
    return None if math.isnan(value) else round(value)


def _days_before(seen: Observation, days: int) -> date:
    return seen.snapshot.as_of - timedelta(days=days)


def _period(seen: Observation, days: int) -> str:
    """The last `days` days before the snapshot, by their dates: the account's page may show later ones."""
    return f"from {_days_before(seen, days)} to {_days_before(seen, 1)}"


def _days(count: int, noun: str = "day") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

"""The options of a command that say what a training asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, get_args

import click

from keepwell.churn.doors.model import AMOUNTS, DEFAULT_ACTIVE_WITHIN, DEFAULT_INACTIVE_AFTER, Question
from keepwell.churn.label import LabelName
from keepwell.churn.model import DEFAULT_HORIZON_DAYS
from keepwell.churn.sources.coverage import SourceName

_MOST_DAYS = 365
_MOST_DAYS_ACTIVE = 10 * _MOST_DAYS


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command the options, and call it with the `question` that they make; raises UsageError if they contradict each other."""

    @wraps(command)
    def asking(*args: Any, **given: Any) -> Any:
        question = question_of(**{name: given.pop(name) for name in _NAMES}, without=given["without"])
        return command(*args, question=question, **given)

    for option in reversed(_OPTIONS):
        asking = option(asking)
    return asking


def question_of(
    *,
    label: LabelName,
    horizon_days: int | None,
    inactive_after: int | None,
    active_within: int | None,
    amount: str | None,
    without: tuple[str, ...],
) -> Question:
    """The question; raises UsageError, which names the option, if it belongs to the other label."""
    if label == "subscription":
        given = {"--inactive-after": inactive_after, "--active-within": active_within, "--amount": amount}
        for name, value in given.items():
            if value is not None:
                raise click.UsageError(f"{name} belongs to --label inactivity.")
        return Question(horizon_days=horizon_days or DEFAULT_HORIZON_DAYS)
    if horizon_days is not None:
        raise click.UsageError("--horizon belongs to --label subscription; here it is --inactive-after.")
    if SourceName.EVENTS in without:
        raise click.UsageError("--without events leaves nothing that --label inactivity could read.")
    if amount is not None and not amount.strip():
        raise click.UsageError("--amount names a property, and this is empty.")
    return Question(
        label="inactivity",
        horizon_days=inactive_after or DEFAULT_INACTIVE_AFTER,
        active_within_days=active_within or DEFAULT_ACTIVE_WITHIN,
        amount=amount,
    )


_NAMES = ("label", "horizon_days", "inactive_after", "active_within", "amount")
_OPTIONS = (
    click.option(
        "--label",
        type=click.Choice(get_args(LabelName)),
        default="subscription",
        show_default=True,
        help="What leaving is: MRR that falls to zero, or no event of use for a time.",
    ),
    click.option(
        "--horizon",
        "horizon_days",
        type=click.IntRange(1, _MOST_DAYS),
        help=f"Predict departures within this many days.  [default: {DEFAULT_HORIZON_DAYS}]",
    ),
    click.option(
        "--inactive-after",
        type=click.IntRange(1, _MOST_DAYS),
        help=f"With --label inactivity: days without use after which an account has left.  [default: {DEFAULT_INACTIVE_AFTER}]",
    ),
    click.option(
        "--active-within",
        type=click.IntRange(1, _MOST_DAYS_ACTIVE),
        help=f"With --label inactivity: look at accounts with use in so many days before.  [default: {DEFAULT_ACTIVE_WITHIN}]",
    ),
    click.option(
        "--amount",
        metavar="PROPERTY",
        help="With --label inactivity: the property of events of use that is money spent.  "
        f"[default: {' or '.join(AMOUNTS)}, if there is one]",
    ),
)

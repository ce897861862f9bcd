"""The notebook leaves out the same events of a system as the model does, and takes the same days for watched."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.unit.churn.building import AS_OF, EventRow, event_table

from keepwell.churn.features import midnight
from keepwell.churn.sources.coverage import first_covered
from keepwell.churn.sources.event_survey import system_events

NOTEBOOK = Path(__file__).parents[4] / "notebooks" / "churn.py"
START = midnight(AS_OF) - timedelta(days=60)


def notebooks_own(function: str, **names: Any) -> Callable[..., Any]:
    """The function of the notebook, beside these names."""
    tree = ast.parse(NOTEBOOK.read_text(encoding="utf-8"))
    [found] = [node for node in tree.body if getattr(node, "name", None) == function]
    exec(compile(ast.Module([found], []), str(NOTEBOOK), "exec"), names)  # noqa: S102  our own text
    own: Callable[..., Any] = names[function]
    return own


def system_events_of_both(rows: Sequence[EventRow]) -> tuple[list[str], list[str]]:
    events = pd.DataFrame(rows, columns=["account", "ts", "event"])
    own = notebooks_own("system_events", events=events, NO_USAGE=["payment_failed"])
    return own(), system_events(event_table(rows))


def sent(name: str, at: datetime, accounts: int) -> list[EventRow]:
    return [(f"A-{number:04d}", at + timedelta(seconds=number), name) for number in range(1, accounts + 1)]


def dated(name: str, day: datetime) -> list[EventRow]:
    return [(f"A-{number:04d}", day, name) for number in range(1, 31)]


def test_a_newsletter_is_left_out_by_both_and_neither_use_nor_failed_payments_are() -> None:
    rows = [
        *sent("newsletter", START + timedelta(hours=9), 30),
        *sent("payment_failed", START + timedelta(days=1), 30),
        *sent("few", START + timedelta(days=2), 9),
    ]
    rows += [
        (f"A-{number:04d}", START + timedelta(days=number % 20, minutes=number), "login")
        for number in range(1, 31)
    ]
    assert system_events_of_both(rows) == (["newsletter"], ["newsletter"])


def test_events_of_a_tracker_that_sends_dates_without_a_time_are_use_in_both() -> None:
    rows = [each for day in range(20) for each in dated("login", START + timedelta(days=day))]
    assert system_events_of_both(rows) == ([], [])


@pytest.mark.parametrize(
    "days",
    [
        [date(1970, 1, 1), *(date(2025, 1, 1) + timedelta(days=number) for number in range(300))],
        [date(2025, 1, 1) + timedelta(days=number) for number in range(250)],
        [date(2025, 1, 1)],
    ],
    ids=["a clock that was never set", "no pause", "one day"],
)
def test_recording_began_on_the_same_day_in_both(days: list[date]) -> None:
    own = notebooks_own("first_covered", days=lambda count: pd.Timedelta(days=count), Any=Any)
    assert own(pd.Series(pd.to_datetime([*days, *days]))).date() == first_covered(days)

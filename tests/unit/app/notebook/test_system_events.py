"""The notebook leaves out the same events of a system as the model does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from tests.unit.churn.building import AS_OF, EventRow, event_table

from keepwell.churn.features import midnight
from keepwell.churn.sources.event_survey import system_events

NOTEBOOK = Path(__file__).parents[4] / "notebooks" / "churn.py"
START = midnight(AS_OF) - timedelta(days=60)


def notebooks_own(events: Any) -> Callable[[], list[str]]:
    """The function of the notebook, over these events."""
    tree = ast.parse(NOTEBOOK.read_text(encoding="utf-8"))
    [found] = [node for node in tree.body if getattr(node, "name", None) == "system_events"]
    names: dict[str, Any] = {"events": events, "NO_USAGE": ["payment_failed"]}
    exec(compile(ast.Module([found], []), str(NOTEBOOK), "exec"), names)  # noqa: S102  our own text
    own: Callable[[], list[str]] = names["system_events"]
    return own


def sent(name: str, at: datetime, accounts: int) -> list[EventRow]:
    return [(f"A-{number:04d}", at + timedelta(seconds=number), name) for number in range(1, accounts + 1)]


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
    events = pd.DataFrame(rows, columns=["account", "ts", "event"])
    assert notebooks_own(events)() == system_events(event_table(rows)) == ["newsletter"]

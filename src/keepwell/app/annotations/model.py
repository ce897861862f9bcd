"""Annotations as clients see them: one for each day and kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

AnnotationKind = Literal[
    "first_day",
    "stripe_connected",
    "import",
    "import_undone",
    "policy",
    "exchange_rates",
    "price",
]


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """What happened on a day, `count` times.

    `names` says to what, each once: the mappings of imports, the policy that was chosen, the currencies of exchange rates, or the
    plans with a new list price.
    """

    on: date
    kind: AnnotationKind
    names: Sequence[str]
    count: int


class Annotations(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """What happened in a period, in the order of the days; both ends are included, and days are UTC."""

    start: date
    end: date
    items: Sequence[Annotation]

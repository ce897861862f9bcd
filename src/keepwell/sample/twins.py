"""Twins of simulated things, from which a life can go on twice."""

from __future__ import annotations

import copy
from typing import TypeVar

Thing = TypeVar("Thing")


def twin_of(original: Thing, **different: object) -> Thing:
    """A shallow copy of `original` with `different` attributes, as `dataclasses.replace` for any object."""
    twin = copy.copy(original)
    for name, value in different.items():
        setattr(twin, name, value)
    return twin

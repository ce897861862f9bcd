"""Where Stripe's API has each kind of object, and which of the objects that it refers to are read with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from keepwell.importing.stripe.model import Kind

# Stripe expands no deeper.
_MOST_LEVELS = 4
_EXPANDED: Mapping[str, Sequence[str]] = {
    "plan": ["product", "tiers"],
    "customer": ["discount.coupon.applies_to"],
    "subscription": ["discounts.coupon.applies_to", "items.data.discounts.coupon"],
}
_FILTERS: Mapping[str, Mapping[str, Any]] = {"subscription": {"status": "all"}}


def list_path(kind: Kind) -> str:
    """The path of all objects of a kind; Stripe lists every recurring price as a plan too."""
    return f"/v1/{kind}s"


def list_parameters(kind: Kind) -> dict[str, Any]:
    """What to ask for in a list, whose objects are a level further down than one alone."""
    expanded = [_cut(f"data.{path}") for path in _EXPANDED.get(kind, ())]
    return {**_FILTERS.get(kind, {}), **({"expand": expanded} if expanded else {})}


def object_path(kind: str, object_id: str) -> str:
    """The path of one object."""
    return f"/v1/{kind}s/{quote(object_id, safe='')}"


def object_parameters(kind: str) -> dict[str, Any]:
    """What to ask for in one object."""
    return {"expand": [*_EXPANDED[kind]]} if kind in _EXPANDED else {}


def _cut(path: str) -> str:
    return ".".join(path.split(".")[:_MOST_LEVELS])

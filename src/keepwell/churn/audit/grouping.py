"""Accounts by the value of an attribute: the common values apart, the rare ones together, the unknown by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from keepwell.churn.audit.model import Group

MOST_VALUES = 20
_UNKNOWN = Group(kind="unknown")


def grouped(values: Sequence[str | None], accounts: Sequence[str]) -> list[Group]:
    """The group of each row, of which `values` has the attribute and `accounts` the account.

    The 20 values that most accounts have are groups of their own; None and blanks are unknown.
    """
    known = [None if value is None else value.strip() or None for value in values]
    pairs = {(value, account) for value, account in zip(known, accounts, strict=True) if value is not None}
    sizes = Counter(value for value, _ in pairs)
    common = sorted(sizes, key=lambda value: (-sizes[value], value))[:MOST_VALUES]
    of_value = {value: Group(kind="value", value=value) for value in common}
    others = Group(kind="others", values=len(sizes) - len(common))
    return [_UNKNOWN if value is None else of_value.get(value, others) for value in known]


def name_of(group: Group, *, longest: int = 40) -> str:
    """What a group is called; a value of more than `longest` characters is cut."""
    if group.kind == "unknown":
        return "(unknown)"
    if group.kind == "others":
        return f"others ({group.values:,})"
    value = group.value or ""
    return value if len(value) <= longest else f"{value[: longest - 1]}…"

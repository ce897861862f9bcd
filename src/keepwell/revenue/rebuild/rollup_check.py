"""The roll-ups that stored facts give, computed by their definition: what the check compares the stored ones with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple, TypeAlias
from uuid import UUID

from keepwell.revenue.rebuild.store import StoredFact
from keepwell.revenue.rollups.model import Stored

# A sum that a roll-up contains: what it is of, and what of it is summed.
Key: TypeAlias = tuple[object, ...]


class _State(NamedTuple):
    """What an account pays at the end of a month, and why nothing if it pays nothing."""

    month: date
    balance: Decimal
    end_reason: str | None


def sums_of(facts: Iterable[StoredFact]) -> dict[Key, Decimal]:
    """The sums by month, cohort, kind and reason, and those by day and kind."""
    found: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for fact in facts:
        policies = tuple(fact.policies)
        by_month = ("sum", policies, fact.on.replace(day=1), fact.cohort, fact.kind, fact.end_reason)
        for key in (by_month, ("day", policies, fact.on, fact.kind)):
            _add(found, key, (fact.annual_amount, 1, fact.paying_accounts))
    return _without_zeros(found)


def retentions_of(facts: Iterable[StoredFact]) -> dict[Key, Decimal]:
    """What became of the customers of each month by each later one: what changes from the two months on."""
    by_account: defaultdict[tuple[UUID, tuple[str, ...]], list[StoredFact]] = defaultdict(list)
    for fact in facts:
        by_account[fact.account_id, tuple(fact.policies)].append(fact)
    found: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for (_, policies), own in by_account.items():
        is_revalued = any(fact.kind == "fx" for fact in own)
        for key, amount in _changes(_states(own), is_revalued=is_revalued):
            found["retention", policies, *key] += amount
    return _without_zeros(found)


def kept(stored: Stored) -> dict[Key, Decimal]:
    """The stored roll-ups in the same shape."""
    found: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for row in stored.sums:
        key: Key = ("sum", tuple(row.policies), row.month, row.cohort, row.kind, row.end_reason)
        _add(found, key, (row.annual_amount, row.movements, row.paying_accounts))
    for day in stored.days:
        key = ("day", tuple(day.policies), day.day, day.kind)
        _add(found, key, (day.annual_amount, day.movements, day.paying_accounts))
    for each in stored.retentions:
        months = ("retention", tuple(each.policies), each.opening_month, each.closing_month)
        found[*months, f"lost: {each.end_reason}"] += each.lost_accounts
        found[*months, "kept"] += each.kept_amount
        found[*months, "capped"] += each.capped_amount
    return _without_zeros(found)


def _add(found: defaultdict[Key, Decimal], key: Key, amounts: Sequence[Decimal | int]) -> None:
    for name, amount in zip(("annual_amount", "movements", "paying_accounts"), amounts, strict=True):
        found[*key, name] += amount


def _states(facts: Sequence[StoredFact]) -> list[_State]:
    balance, reason, states = Decimal(), None, []
    ordered = sorted(facts, key=lambda fact: (fact.on, fact.kind != "fx"))
    for month, own in groupby(ordered, key=lambda fact: fact.on.replace(day=1)):
        for fact in own:
            balance += fact.annual_amount
            reason = fact.end_reason if fact.kind != "fx" else reason
        states.append(_State(month, balance, reason))
    return states


def _changes(states: Sequence[_State], *, is_revalued: bool) -> Iterable[tuple[Key, Decimal]]:
    """The second differences, over opening and closing months, of what became of an account."""
    for place, opening in enumerate(states):
        earlier = states[place - 1] if place else None
        for last, closing in enumerate(states[place:], place):
            before = states[last - 1] if last else None
            for sign, one, other in (
                (1, opening, closing),
                (-1, earlier, closing),
                (-1, opening, before),
                (1, earlier, before),
            ):
                if one is not None and other is not None and one.month < other.month:
                    for name, amount in _became(one, other, is_revalued=is_revalued):
                        yield (opening.month, closing.month, name), sign * amount


def _became(opening: _State, closing: _State, *, is_revalued: bool) -> Iterable[tuple[str, Decimal]]:
    if opening.balance <= 0:
        return
    if not closing.balance:
        yield f"lost: {closing.end_reason}", Decimal(1)
    if not is_revalued:
        yield "kept", closing.balance - opening.balance
        yield "capped", min(closing.balance, opening.balance) - opening.balance


def _without_zeros(found: dict[Key, Decimal]) -> dict[Key, Decimal]:
    return {key: amount for key, amount in found.items() if amount}

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from math import sqrt
from random import Random
from statistics import mean, pvariance
from uuid import UUID

import pytest

from keepwell.platform.holdout import Holdout

SECRET = b"s" * 32
SHOP, OTHER_SHOP = UUID(int=1), UUID(int=2)


def some_accounts(number: int) -> list[UUID]:
    random = Random(7)
    return [UUID(int=random.getrandbits(128)) for _ in range(number)]


ACCOUNTS = some_accounts(20_000)


def numbers(*, secret: bytes = SECRET, workspace_id: UUID = SHOP) -> list[float]:
    holdout = Holdout(secret)
    return [holdout.number(workspace_id=workspace_id, account_id=each) for each in ACCOUNTS]


def held(share: str, *, workspace_id: UUID = SHOP) -> set[UUID]:
    holdout = Holdout(SECRET)
    return {
        each
        for each in ACCOUNTS
        if holdout.is_held(workspace_id=workspace_id, account_id=each, share=Decimal(share))
    }


def correlation(ours: list[float], theirs: list[float]) -> float:
    covariance = mean(x * y for x, y in zip(ours, theirs, strict=True)) - mean(ours) * mean(theirs)
    return covariance / sqrt(pvariance(ours) * pvariance(theirs))


def test_the_number_of_an_account_is_the_same_in_every_release() -> None:
    number = Holdout(SECRET).number(workspace_id=SHOP, account_id=UUID(int=42))
    assert number == pytest.approx(0.4444447089824112, abs=1e-15)


def test_numbers_are_uniform() -> None:
    found = sorted(numbers())
    assert found[0] >= 0
    assert found[-1] < 1
    # Kolmogorov-Smirnov: 1.95 / sqrt(n) is exceeded by one uniform sample in a thousand.
    distance = max(abs(number - (at + 0.5) / len(found)) for at, number in enumerate(found))
    assert distance < 1.95 / len(found) ** 0.5


def test_numbers_of_one_account_in_two_workspaces_or_homes_are_independent() -> None:
    # Four standard errors of a correlation of zero.
    assert abs(correlation(numbers(), numbers(workspace_id=OTHER_SHOP))) < 4 / len(ACCOUNTS) ** 0.5
    assert abs(correlation(numbers(), numbers(secret=b"t" * 32))) < 4 / len(ACCOUNTS) ** 0.5


def test_numbers_of_neighbouring_ids_are_independent() -> None:
    holdout = Holdout(SECRET)
    found = [
        holdout.number(workspace_id=SHOP, account_id=UUID(int=(1 << 100) + each)) for each in range(20_000)
    ]
    assert abs(correlation(found[:-1], found[1:])) < 4 / len(found) ** 0.5


def test_a_share_holds_about_so_many_accounts() -> None:
    assert abs(len(held("0.2")) / len(ACCOUNTS) - 0.2) < 4 * (0.2 * 0.8 / len(ACCOUNTS)) ** 0.5


def test_a_share_of_zero_holds_nobody() -> None:
    assert held("0") == set()


def test_a_share_that_is_raised_keeps_those_already_held() -> None:
    shares = ["0.0001", "0.05", "0.2", "0.5", "0.9999"]
    groups = [held(each) for each in shares]
    assert all(smaller <= larger for smaller, larger in pairwise(groups))


def test_two_kinds_with_one_share_hold_the_same_accounts() -> None:
    assert held("0.2") == held("0.2000")

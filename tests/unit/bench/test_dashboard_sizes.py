"""The weight of the built dashboard, in bytes of gzip."""

from __future__ import annotations

import pytest

from benchmarks.dashboard.sizes import CHARTS_BUDGET, FIRST_LOAD_BUDGET, ROUTE_BUDGET, STATIC, built_sizes

pytestmark = pytest.mark.skipif(not (STATIC / "index.html").exists(), reason="the dashboard is not built")


def test_the_first_load_is_within_its_budget() -> None:
    assert built_sizes().first_load <= FIRST_LOAD_BUDGET


def test_each_page_is_within_its_budget() -> None:
    routes = built_sizes().routes
    assert {name: size for name, size in routes.items() if size > ROUTE_BUDGET} == {}
    assert "/accounts" in routes


def test_the_charts_are_within_their_budget() -> None:
    assert 0 < built_sizes().charts <= CHARTS_BUDGET

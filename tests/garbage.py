"""A pytest plugin: no search for garbage while tests are collected, none in what was collected, and fewer while tests run.

Thousands of test functions are created, and none becomes garbage: looking for it took a fifth of the collection's time in
every worker, and the tests that follow would look through them again. With the thresholds of Python, searching took 6 to 10 % of the
processor seconds of tests, with these 2 to 4 %.
"""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

_THRESHOLDS = 20_000, 20, 50


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)
        gc.enable()


def pytest_unconfigure() -> None:
    # Frozen until the process ends, modules would be left over, and DuckDB would report each of its functions as leaked.
    gc.unfreeze()

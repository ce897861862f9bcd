"""A pytest plugin: no search for garbage while tests are collected, and none in what was collected.

Thousands of test functions are created, and none becomes garbage: looking for it took a fifth of the collection's time in
every worker, and the tests that follow would look through them again.
"""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    # Frozen until the process ends, modules would be left over, and DuckDB would report each of its functions as leaked.
    gc.unfreeze()

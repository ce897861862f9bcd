"""A pytest plugin: a test that leaves a task on its closed event loop fails, and not whichever test runs when it is collected.

Closing a loop cancels its tasks, but not those that are started meanwhile. Collected while it waits for a connection, such a
task raises "Lock is not acquired" from psycopg's pool, in the middle of another test.
"""

from __future__ import annotations

import asyncio
from asyncio import Runner
from collections.abc import Generator

import pytest

_close = Runner.close
_left: list[str] = []


def _close_and_look(runner: Runner) -> None:
    try:
        loop = runner.get_loop()
    except RuntimeError:
        return  # closed already
    _close(runner)
    _left.extend(map(repr, asyncio.all_tasks(loop)))


def pytest_configure() -> None:
    # Until the process ends.
    pytest.MonkeyPatch().setattr(Runner, "close", _close_and_look)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    yield
    left, _left[:] = _left[:], []
    if left:
        pytest.fail(f"left on the closed event loop: {', '.join(left)}", pytrace=False)

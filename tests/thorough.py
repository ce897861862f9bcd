"""A pytest plugin: repeated cases are a seeded sample by default, and complete with `--thorough`.

Test modules call it when they are imported, because the number of cases depends on the option.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

import hypothesis
import pytest

Case = TypeVar("Case")
# Of each property.
_EXAMPLES = 40
_THOROUGH_EXAMPLES = 1_000
_is_thorough = False


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", action="store_true", help="Every crash point, more kills, longer fuzzing: 40 minutes."
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    global _is_thorough  # noqa: PLW0603  pytest has one configuration in a process
    _is_thorough = config.getoption("--thorough")
    # No deadline for an example: on a busy machine it says nothing about the code.
    examples = _THOROUGH_EXAMPLES if _is_thorough else _EXAMPLES
    hypothesis.settings.register_profile("keepwell", max_examples=examples, deadline=None)
    hypothesis.settings.load_profile("keepwell")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _is_thorough:
        return
    only_thorough = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=only_thorough)
    items[:] = [item for item in items if item not in only_thorough]


def repeats(default: int, *, thorough: int) -> int:
    """How often to repeat random cases."""
    return thorough if _is_thorough else default


def sample(cases: Sequence[Case], count: int, *, seed: str) -> list[Case]:
    """All cases in a thorough run, otherwise `count` of them, in order; another `seed` draws others."""
    if _is_thorough or count >= len(cases):
        return list(cases)
    drawn = random.Random(seed).sample(range(len(cases)), count)
    return [cases[index] for index in sorted(drawn)]

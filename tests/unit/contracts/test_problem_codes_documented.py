"""`docs/api.md` names each problem code with its status, and none that does not exist."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

import keepwell
from keepwell.app.problem_list import code_of, problem_codes
from keepwell.platform.errors import KeepwellError

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| ([0-9]{3}) \|", re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def _every_error_is_defined() -> None:
    """An error class exists once its module is imported, and which are depends on who ran before."""
    for module in pkgutil.walk_packages(keepwell.__path__, "keepwell."):
        importlib.import_module(module.name)


def errors(of: type[KeepwellError] = KeepwellError) -> Iterator[type[KeepwellError]]:
    yield of
    for each in of.__subclasses__():
        yield from errors(each)


def statuses_in_code() -> dict[str, set[int]]:
    """The statuses of each code that a problem can have, whether the error is ours or the framework's."""
    framework = {code_of(status): int(status) for status in HTTPStatus} | {"internal": 500}
    found = defaultdict[str, set[int]](set)
    for error in errors():
        # Other tests have errors of their own.
        if error.__module__.startswith("keepwell."):
            found[error.code].add(error.http_status)
    for code in problem_codes():
        if code in framework:
            found[code].add(framework[code])
    return dict(found)


def test_the_table_has_each_code_with_its_status_and_no_other() -> None:
    documented = [(code, {int(status)}) for code, status in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))]
    assert documented == sorted(statuses_in_code().items())

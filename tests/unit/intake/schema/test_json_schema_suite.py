"""The required cases of the JSON Schema Test Suite, draft 2020-12, against both tiers of validation.

`./keepwell test` downloads the suite with the dev dependencies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from keepwell.intake.schema.validation import Schema, compile_schema
from keepwell.platform.errors import DataValidationError
from tests.unit.intake.schema.tiers import is_accepted_early

SUITE = Path(__file__).parents[4] / ".schema-suite"
FOLDER = SUITE / "tests" / "draft2020-12"
# Where the suite would have other documents be fetched.
REMOTE = ("http://localhost:1234", "urn:")


def cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            for case in group["tests"]:
                name = f"{path.stem}: {group['description']}: {case['description']}"
                yield pytest.param(json.dumps(group["schema"]), case["data"], case["valid"], id=name)


@cache
def compiled(text: str) -> Schema:
    return compile_schema(text.encode(), place="suite")


@pytest.mark.skipif(not FOLDER.exists(), reason="the suite is not here: `./keepwell test` downloads it")
def test_the_suite_is_complete() -> None:
    assert sum(1 for _ in cases()) > 1_000


@pytest.mark.parametrize(("text", "value", "valid"), list(cases()))
def test_case(text: str, value: Any, *, valid: bool) -> None:
    try:
        schema = compiled(text)
    except DataValidationError as refused:
        if any(place in text for place in REMOTE) and re.search(
            "fetch|[Uu]nknown meta-schema", refused.message
        ):
            pytest.skip("refers to another document, and nothing is fetched")
        raise
    row = json.dumps(value).encode()
    assert (schema.validate(row) is None) is valid
    assert valid or not is_accepted_early(schema, row)

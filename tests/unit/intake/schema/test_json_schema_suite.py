"""The required cases of the JSON Schema Test Suite, draft 2020-12, against both tiers of validation.

`./keepwell test` downloads the suite with the dev dependencies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keepwell.intake.schema.validation import compile_schema
from keepwell.platform.errors import DataValidationError
from tests.unit.intake.schema.tiers import is_accepted_early

SUITE = Path(__file__).parents[4] / ".schema-suite"
FOLDER = SUITE / "tests" / "draft2020-12"
# Where the suite would have other documents be fetched.
REMOTE = ("http://localhost:1234", "urn:")


def groups() -> Iterator[Any]:
    """A schema and its cases: one test each, since a test costs ten times as much as a case."""
    for path in sorted(FOLDER.glob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            name = f"{path.stem}: {group['description']}"
            yield pytest.param(json.dumps(group["schema"]), group["tests"], id=name)


@pytest.mark.skipif(not FOLDER.exists(), reason="the suite is not here: `./keepwell test` downloads it")
def test_the_suite_is_complete() -> None:
    assert sum(len(cases) for _, cases in (each.values for each in groups())) > 1_000


@pytest.mark.parametrize(("text", "cases"), list(groups()))
def test_rows_are_judged_as_the_suite_says(text: str, cases: list[dict[str, Any]]) -> None:
    try:
        schema = compile_schema(text.encode(), place="suite")
    except DataValidationError as refused:
        if any(place in text for place in REMOTE) and re.search(
            "fetch|[Uu]nknown meta-schema", refused.message
        ):
            pytest.skip("refers to another document, and nothing is fetched")
        raise
    rows = {each["description"]: json.dumps(each["data"]).encode() for each in cases}
    judged = {name: schema.validate(row) is None for name, row in rows.items()}
    assert judged == {each["description"]: each["valid"] for each in cases}
    accepted_early = {name for name, row in rows.items() if is_accepted_early(schema, row)}
    assert accepted_early <= {name for name, is_valid in judged.items() if is_valid}

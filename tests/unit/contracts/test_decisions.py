"""The records in docs/adr have one form, are all listed, and name tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("0*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives tried", "Held by"]
TEST = re.compile(r"`((?:tests|benchmarks)/[^`*]+)`")


def name(path: Path) -> str:
    return path.stem


def test_numbers_have_no_gaps() -> None:
    assert [path.name[:4] for path in RECORDS] == [f"{number:04}" for number in range(1, len(RECORDS) + 1)]


def test_each_record_is_listed_with_its_title() -> None:
    rows = [
        f"| [{path.name[:4]}]({path.name}) | {title.removeprefix(f'# {path.name[:4]}: ')} |"
        for path in RECORDS
        for title in path.read_text(encoding="utf-8").splitlines()[:1]
    ]
    listed = [
        line for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if "](0" in line
    ]
    assert listed == rows


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_a_record_has_the_same_headings_as_the_others(path: Path) -> None:
    assert re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_a_record_is_held_by_tests_that_exist(path: Path) -> None:
    _, _, held_by = path.read_text(encoding="utf-8").partition("## Held by")
    missing = [each for each in TEST.findall(held_by) if not (ROOT / each).exists()]
    assert not missing
    assert TEST.search(held_by)

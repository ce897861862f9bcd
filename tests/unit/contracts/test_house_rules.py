"""Rules of the house that no linter knows: where SQL is, how long files are, which clock is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "src"
FILES = sorted(SOURCE.rglob("*.py"))
SQL = re.compile(
    r"\s*(select|insert\s+into|update\s+\w+\s+set|delete\s+from|with\s+\w+\s+as)\b", re.IGNORECASE
)
LONGEST_FILE = 500
# What belongs to no room: entering a workspace, and the table of migrations.
SQL_OUTSIDE_STORES = {
    f"keepwell/platform/{name}.py" for name in ("database", "migrations", "postgres/embedded")
}
# One a product: the game knows nothing of Keepwell.
CLOCK_READERS = {"keepwell/platform/clock.py", "bulwark/telemetry/service.py"}


def relative(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def strings(tree: ast.AST) -> Iterator[str]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_sql_stands_in_stores_only(path: Path) -> None:
    if path.name == "store.py" or relative(path) in SQL_OUTSIDE_STORES:
        return
    found = [text for text in strings(ast.parse(path.read_text(encoding="utf-8"))) if SQL.match(text)]
    assert not found


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_nobody_but_the_clock_asks_for_now(path: Path) -> None:
    if relative(path) in CLOCK_READERS:
        return
    asked = re.findall(
        r"\b(?:datetime\.(?:now|utcnow)|date\.today|time\.time)\(", path.read_text(encoding="utf-8")
    )
    assert not asked


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_file_grows_past_the_longest_that_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE

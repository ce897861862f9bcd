"""Rules of the house that no linter knows: where SQL is, how long files and folders are, which clock is asked."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "src"
FILES = sorted(SOURCE.rglob("*.py"))
# Sentences begin with "Create" and "Set", statements here with small letters.
SQL = re.compile(
    r"\s*((?i:select|insert\s+into|update\s+\w+\s+set|delete\s+from|with\s+\w+\s+as)\b"
    r"|(create|alter|drop|set|pragma)\s+\w)"
)
LONGEST_FILE = 400
# About 15 is the aim; past this, parts that belong together get a folder of their own.
LARGEST_FOLDER = 20
# A list of equals: the steps of the build of the game's assets.
FLAT_LISTS = {"bulwark/assets"}
# What belongs to no room: entering a workspace, and the table of migrations; and the statements of the state file's store.
SQL_OUTSIDE_STORES = {
    *(f"keepwell/platform/{name}.py" for name in ("database", "migrations", "postgres/embedded")),
    "keepwell/intake/state_sql.py",
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


def has_sql(path: Path) -> bool:
    return any(SQL.match(text) for text in strings(ast.parse(path.read_text(encoding="utf-8"))))


def asks_for_now(path: Path) -> bool:
    now = r"\b(?:datetime\.(?:now|utcnow)|date\.today|time\.time)\("
    return re.search(now, path.read_text(encoding="utf-8")) is not None


def test_sql_is_in_stores_only() -> None:
    # The game has no database, and sentences for players that begin with "Select".
    elsewhere = [
        relative(path)
        for path in FILES
        if path.name != "store.py"
        and relative(path).startswith("keepwell/")
        and relative(path) not in SQL_OUTSIDE_STORES
    ]
    assert not [name for name in elsewhere if has_sql(SOURCE / name)]


def test_only_the_clock_asks_for_now() -> None:
    assert not [
        relative(path) for path in FILES if relative(path) not in CLOCK_READERS and asks_for_now(path)
    ]


def test_no_file_is_longer_than_the_limit() -> None:
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_folder_has_more_modules_than_the_limit() -> None:
    folders = Counter(relative(path.parent) for path in FILES if path.name != "__init__.py")
    assert {name for name, count in folders.items() if count > LARGEST_FOLDER} <= FLAT_LISTS

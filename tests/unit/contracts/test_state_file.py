"""Only the store opens the state file: any other descriptor on it drops the locks that SQLite holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src" / "keepwell"
STORE = SOURCE / "intake" / "store.py"
# The crawl's frontier is a file of its own.
FRONTIER = SOURCE / "crawl" / "frontier"
OTHERS = sorted(set(SOURCE.rglob("*.py")) - {STORE})
OPENS = re.compile(r"open|connect|read_bytes|read_text|write_bytes|write_text|touch|copy.*")
NAME = "state.db"


def relative(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@cache
def nodes(path: Path) -> Sequence[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def names_a_path(node: ast.AST) -> bool:
    """Whether it is `folder / STATE_FILE`, or the name written out."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return isinstance(node.right, ast.Name) and node.right.id == "STATE_FILE"
    return isinstance(node, ast.Constant) and node.value == NAME


def uses_sqlite(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name == "sqlite3" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and node.module == "sqlite3"


def test_only_the_store_knows_where_the_state_file_is() -> None:
    assert not [relative(path) for path in OTHERS if any(map(names_a_path, nodes(path)))]


def test_only_the_store_uses_sqlite() -> None:
    others = [path for path in OTHERS if FRONTIER not in path.parents]
    assert not [relative(path) for path in others if any(map(uses_sqlite, nodes(path)))]


def test_the_store_opens_the_state_file_by_sqlite_and_creates_it_only_if_it_is_missing() -> None:
    calls = [node for node in nodes(STORE) if isinstance(node, ast.Call)]
    opening = [ast.unparse(call) for call in calls if OPENS.fullmatch(ast.unparse(call.func).split(".")[-1])]
    assert sorted(call.partition("(")[0] for call in opening) == ["os.open", "sqlite3.connect"]
    assert "os.O_EXCL" in next(call for call in opening if call.startswith("os.open"))

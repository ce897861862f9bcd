"""Nothing in the game's core may differ between two machines: a lint over its syntax proves it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SIM = Path(__file__).parents[3] / "src" / "bulwark" / "sim"
FILES = sorted(SIM.rglob("*.py"))
# Modules with results that differ by machine, time or run, and those that use files or the network.
MODULES = {
    "random",
    "secrets",
    "uuid",
    "time",
    "datetime",
    "os",
    "io",
    "pathlib",
    "threading",
    "asyncio",
    "decimal",
}
# Of math only what works on integers.
WHOLE_MATH = {"isqrt"}
NAMES = {
    "float",
    "complex",
    "hash",
    "id",
    "round",
    "set",
    "frozenset",
    "input",
    "open",
    "eval",
    "exec",
    "vars",
    "dir",
}


def found_in(source: str) -> Iterator[str]:
    """What breaks determinism in a source, by line."""
    for node in ast.walk(ast.parse(source)):
        for said in _judged(node):
            yield f"{getattr(node, 'lineno', 0)}: {said}"


def _judged(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=float() | complex()):
            yield "a number that is not an integer"
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            yield "a division that yields a fraction"
        case ast.Set() | ast.SetComp():
            yield "a set"
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield name
        case ast.Import(names=names):
            yield from (each.name for each in names if _forbidden(each.name))
        case ast.ImportFrom(module="math", names=names):
            yield from (f"math.{each.name}" for each in names if each.name not in WHOLE_MATH)
        case ast.ImportFrom(module=str(module)) if _forbidden(module):
            yield module


def _forbidden(module: str) -> bool:
    first = module.partition(".")[0]
    return (
        first in MODULES or first == "math" or (first != "bulwark" and first not in sys.stdlib_module_names)
    )


# Reading a map's text is not a part of any tick: it may look up which letters there are.
ALLOWED = {"maps.py": {"set"}}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SIM).as_posix())
def test_the_core_has_no_fractions_no_clock_no_chance_and_no_order_of_hashes(path: Path) -> None:
    found = [
        said
        for said in found_in(path.read_text(encoding="utf-8"))
        if said.partition(": ")[2] not in ALLOWED.get(path.name, ())
    ]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "x = 0.5",
        "x = 1 / 2",
        "x /= 2",
        "for x in {1, 2}: ...",
        "x = {y for y in range(3)}",
        "x = hash('a')",
        "x = set()",
        "x = float(1)",
        "import random",
        "import math",
        "from math import sin",
        "from time import monotonic",
        "import numpy",
    ],
)
def test_the_lint_finds_each_of_these(source: str) -> None:
    assert list(found_in(source))


@pytest.mark.parametrize("source", ["x = 7 // 2", "from math import isqrt", "x = {1: 2}", "import json"])
def test_the_lint_lets_these_be(source: str) -> None:
    assert not list(found_in(source))

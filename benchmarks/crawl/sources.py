"""The documentation that the corpus is made of: docstrings and descriptions of what is installed, without importing any of it."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple, TypeAlias

# A module that says less is no page of documentation.
_LEAST_TEXT = 400
_LARGEST_SOURCE = 400_000
_LEFT_OUT = frozenset({"site-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__", "_vendor"})

_Defined: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Entry(NamedTuple):
    """A function, method or class: its dotted name in the module, its parameters, and its docstring."""

    kind: str
    name: str
    parameters: Sequence[str]
    text: str


class Source(NamedTuple):
    """What one page documents: a module with its entries, or a package's description."""

    name: str
    text: str
    entries: Sequence[Entry]


def sources() -> Iterator[Source]:
    """Python's own modules, the descriptions of the installed packages, and their modules; always in the same order."""
    library = Path(sysconfig.get_path("stdlib"))
    yield from _modules(library)
    yield from _descriptions()
    yield from _modules(Path(sysconfig.get_path("purelib")))


def _descriptions() -> Iterator[Source]:
    found = {each.metadata["Name"].lower(): each for each in distributions()}
    for name in sorted(found):
        metadata = found[name].metadata
        text = metadata.get_payload() if hasattr(metadata, "get_payload") else ""
        if isinstance(text, str) and len(text) >= _LEAST_TEXT:
            yield Source(f"{name}.about", text, [])


def _modules(folder: Path) -> Iterator[Source]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if _LEFT_OUT.intersection(parts) or path.stat().st_size > _LARGEST_SOURCE:
            continue
        source = _module(path, ".".join(parts).removesuffix(".__init__"))
        if source is not None:
            yield source


def _module(path: Path, name: str) -> Source | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return None
    text, entries = ast.get_docstring(tree) or "", list(_entries(tree.body, ""))
    length = len(text) + sum(len(each.text) for each in entries)
    return Source(name, text, entries) if length >= _LEAST_TEXT else None


def _entries(body: Sequence[ast.stmt], within: str) -> Iterator[Entry]:
    for node in body:
        if not isinstance(node, _Defined) or node.name.startswith("_"):
            continue
        name = f"{within}{node.name}"
        is_class = isinstance(node, ast.ClassDef)
        yield Entry(
            "class" if is_class else "function", name, _parameters(node), ast.get_docstring(node) or ""
        )
        if is_class:
            yield from _entries(node.body, f"{name}.")


def _parameters(node: _Defined) -> Sequence[str]:
    if isinstance(node, ast.ClassDef):
        return [ast.unparse(base) for base in node.bases]
    return [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]

"""What the documentation names exists: files, folders, and the modules and names of the code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import get_args

import pytest

from keepwell.sample.files import FILES
from keepwell.sample.truth import FILES as TRUTH_FILES
from keepwell.webhooks.model import Event

ROOT = Path(__file__).parents[3]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SOURCE_FILE = re.compile(r"[\w./-]+\.(?:py|tsx?|mjs|toml|sql)\b")
PATH = re.compile(r"[A-Za-z_.*][\w.*-]*(?:/[\w.*-]+)+/?|[a-z_][\w-]*/")
DOTTED = re.compile(r"[a-z_]\w*(?:\.[A-Za-z_]\w*)+")
# A word in capitals that stands for any name.
PLACEHOLDER = re.compile(r"\bNNNN_name\b|\b[A-Z_]{2,}\b")

# Folders of KEEPWELL_HOME or of an export, and what the build or npm writes: not in the repository.
ELSEWHERE = {
    "audit/WORKSPACE_ID", "built/", "intake/", "keys/", "population/records.jsonl", "tail/", "truth/",
    "web/node_modules",
}  # fmt: skip
ELSEWHERE_BELOW = ("FOLDER/", "HOME/", "src/keepwell/app/static/")
# Not code: the files of the sample business, of the notebook and of an export, webhook events, a field of a Segment call, a setting of Postgres, and attributes of spans.
NOT_CODE = {
    *FILES, *TRUTH_FILES, *get_args(Event), "webhook_endpoint.tested", "context.groupId", "app.workspace_id",
    "keepwell.kept", "keepwell.request_id", "churn.html", "churn.ipynb", "export.key", "manifest.json",
}  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree() -> frozenset[str]:
    """The files of the repository and their folders, each also by every shorter ending of its path."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    paths = {each for file in files for each in (PurePosixPath(file), *PurePosixPath(file).parents)}
    return frozenset("/".join(path.parts[start:]) for path in paths for start in range(len(path.parts)))


@cache
def modules() -> dict[str, set[Path]]:
    """The modules of the code, by every ending of their dotted names."""
    found: dict[str, set[Path]] = {}
    for folder in ("src", "tests", "."):
        for file in (ROOT / folder).glob("*/**/*.py" if folder != "." else "benchmarks/**/*.py"):
            parts = file.relative_to(ROOT / folder).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            for start in range(len(parts)):
                found.setdefault(".".join(parts[start:]), set()).add(file)
    return found


def paths_in(text: str) -> Iterator[str]:
    prose = FENCE.sub("", text)
    quoted = [each for each in QUOTED.findall(prose) if PATH.fullmatch(each) or SOURCE_FILE.fullmatch(each)]
    fenced = [each for fence in FENCE.findall(text) for each in SOURCE_FILE.findall(fence)]
    for each in [*quoted, *fenced]:
        if each not in ELSEWHERE and not each.startswith(ELSEWHERE_BELOW):
            yield each


def exists(path: str) -> bool:
    pattern = PLACEHOLDER.sub("*", path.rstrip("/"))
    if "*" not in pattern:
        return pattern in tree()
    return any(fnmatchcase(each, pattern) for each in tree())


def is_defined(reference: str) -> bool:
    """Whether `reference` is a module, or a name that one defines."""
    if reference in modules():
        return True
    module, _, defined = reference.rpartition(".")
    definition = re.compile(rf"^(?:\s*(?:async )?def |\s*class )?{defined}\b", re.MULTILINE)
    return any(definition.search(file.read_text(encoding="utf-8")) for file in modules().get(module, ()))


@pytest.mark.parametrize("document", DOCS, ids=name)
def test_paths_in_the_docs_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [link for link in LINK.findall(FENCE.sub("", text)) if not (document.parent / link).exists()]
    assert [path for path in paths_in(text) if not exists(path)] + links == []


def test_every_document_is_linked_from_another_one() -> None:
    linked = {
        (document.parent / link).resolve()
        for document in DOCS
        for link in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
        if not link.startswith("http") and (document.parent / link).resolve() != document
    }
    assert [name(each) for each in DOCS if each not in linked and each != ROOT / "README.md"] == []


@pytest.mark.parametrize("document", DOCS, ids=name)
def test_names_of_the_code_in_the_docs_exist(document: Path) -> None:
    prose = FENCE.sub("", document.read_text(encoding="utf-8"))
    references = [
        each
        for each in QUOTED.findall(prose)
        if DOTTED.fullmatch(each)
        and each.partition(".")[0] in modules()
        and each not in NOT_CODE
        and each not in tree()
    ]
    assert [each for each in references if not is_defined(each)] == []

"""No phrase that docs/glossary.md has retired is left, and no name that was replaced by a standard term."""

from __future__ import annotations

import ast
import re
import subprocess
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[3]
GLOSSARY = ROOT / "docs" / "glossary.md"
KEEPWELL = ROOT / "src" / "keepwell"
SUFFIXES = {".py", ".ts", ".tsx", ".md", ".sql", ".toml"}
# A released migration never changes, so its comments cannot either.
SKIPPED = re.compile(r"^migrations/|/generated/|^docs/glossary\.md$|/test_plain_english\.py$")
HEADING = "## Phrases we do not write"
PHRASE = re.compile(r"^\| `(.+?)` \|", re.MULTILINE)
# What begins the second and later lines of a comment.
LEADER = re.compile(r"^(?:#+|//|\*(?!/)|--|>)(?= )")

# Old name -> new one. A folder before the slash limits the name to folders called so.
RENAMED_MODULES = {
    "derived": "projections",
    "adoption": "workspace_setup",
    "rehearsal": "dry_run",
    "recording": "import_log",
    "row_files": "source_files",
    "stripe/taking": "ingest",
    "stripe/receiving": "webhook",
    "stripe/reading": "sync",
    "draining": "line_reader",
    "mending": "repair",
    "casting": "coercion",
    "collecting": "group_commit",
    "lake/form": "kinds",
    "lake/places": "location",
    "lake/inlets": "sources",
    "lake/folders": "storage",
    "lake/fresh": "unbuilt",
    "app/pages": "static_files",
    "app/serving": "serve/cli",
    "app/up": "serve/server",
    "app/admission": "request_checks",
    "app/edge": "response_headers",
    "exposition": "prometheus",
    "quantities": "cli_units",
    "identity/tokens": "api_tokens",
    "refreshing": "refresh_tokens",
    "events/intake": "event_journal",
    "churn/trainer": "training_service",
    "churn/learning": "pipeline",
    "churn/training": "fitting",
}
RENAMED_DEFINITIONS = {
    "Changing": "ChangeContext",
    "Managing": "WebhookContext",
    "Postman": "DeliveryWorker",
    "Outlook": "PollResult",
    "Snapshots": "CommitStats",
    "Drain": "LineReader",
    "Mender": "RowRepairer",
    "Taker": "StripeIngester",
    "Into": "IngestTarget",
    "Once": "IdempotentRequest",
    "Asked": "ReportQuery",
    "Found": "a name that says what was found",
    "Position": "a name that says whose position it is",
    "Span": "a name that says what it spans",
    "SpanRow": "a name that says which row it is",
    "Reader": "a name that says what it reads",
    "STAND": "UPSERT_STANDINGS",
    "bring_to": "advance_to",
    "Intake": "EventJournal",
    "Snapshotting": "OpenSnapshot",
    "SubscriptionRecord": "SubscriptionItem",
    "SpoiltCall": "UndecodableCall",
    "StoredLetter": "StoredDeadLetter",
    "Noted": "AssumptionCounts",
    "Reading": "ReadingContext",
    "ItemReading": "ItemPhases",
    "SubscriptionReading": "SubscriptionState",
    "keep_what_prices_need": "save_price_context",
    "what_prices_need": "load_price_context",
    "known_better": "ids_from_api",
    "adopt": "settle_currency",
    "came": "found",
    "remade": "rebuilt",
    "breach": "first_error",
    "judge": "validate",
}
RENAMED_IN_WEB = {"Play": "GameSession", "Game": "MatchState", "meant": "targetTower", "Deeds": "Handlers"}
WEB_DEFINITION = re.compile(
    r"^\s*(?:export )?(?:class|interface|type) (Play|Game|Deeds)\b|^\s*(?:private )?(meant)\(\)", re.MULTILINE
)


class Hit(NamedTuple):
    """A retired phrase or name in a file, by line from 1."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def retired_phrases(glossary: str) -> list[re.Pattern[str]]:
    """The patterns of the glossary's second table, in its order."""
    table = glossary[glossary.index(HEADING) :]
    return [re.compile(phrase.replace(r"\|", "|")) for phrase in PHRASE.findall(table)]


def hits_in(text: str, phrases: Sequence[re.Pattern[str]]) -> Iterator[tuple[int, str]]:
    """Each line, from 1, on which a retired phrase begins, with what was written there."""
    lines = list(_joinable(text.splitlines()))
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    joined = " ".join(lines)
    for phrase in phrases:
        for match in _occurrences(phrase, joined):
            yield bisect_right(starts, match.start()), match.group()


def _occurrences(phrase: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """As `finditer`, in a quarter of the time: what begins with a boundary of a word is searched without it, and then matched."""
    searched, place = re.compile(phrase.pattern.removeprefix(r"\b")), 0
    while (near := searched.search(text, place)) is not None:
        match = phrase.match(text, near.start())
        if match is not None:
            yield match
        place = near.start() + 1 if match is None else match.end()


def _joinable(lines: Sequence[str]) -> Iterator[str]:
    """The lines so that joined by a space they read as running text: no indents, no comment marks in between."""
    before: str | None = None
    for line in lines:
        stripped = line.strip()
        leader = LEADER.match(stripped)
        mark = leader.group() if leader else None
        continues = mark is not None and mark in {before, "*"}
        yield (stripped[len(mark or "") :].strip() if continues else stripped).replace("_", " ")
        before = mark


def tracked_files() -> list[Path]:
    """Every tracked file that is written by hand and read by people."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [Path(name) for name in listed.split("\0") if name and not SKIPPED.search(name)]
    return [path for path in paths if path.suffix in SUFFIXES and (ROOT / path).is_file()]


def phrase_hits() -> list[Hit]:
    """Every retired phrase in every tracked file."""
    phrases = retired_phrases(GLOSSARY.read_text(encoding="utf-8"))
    return sorted(
        Hit(path.as_posix(), line, text)
        for path in tracked_files()
        for line, text in hits_in((ROOT / path).read_text(encoding="utf-8"), phrases)
    )


def module_hits() -> list[Hit]:
    """Every module of Keepwell that still has its old name."""
    return [
        Hit(path.relative_to(ROOT).as_posix(), 1, f"is now called {RENAMED_MODULES[name]}.py")
        for path in sorted(KEEPWELL.rglob("*.py"))
        for name in (path.stem, f"{path.parent.name}/{path.stem}")
        if name in RENAMED_MODULES
    ]


def definition_hits() -> list[Hit]:
    """Every class, function and constant of Keepwell that still has its old name."""
    return [
        Hit(path.relative_to(ROOT).as_posix(), line, f"{name} is now {RENAMED_DEFINITIONS[name]}")
        for path in sorted(KEEPWELL.rglob("*.py"))
        for line, name in _defined(ast.parse(path.read_text(encoding="utf-8")))
        if name in RENAMED_DEFINITIONS
    ]


def _defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield node.lineno, name


def web_hits() -> list[Hit]:
    """Every definition of the web's Play page that still has its old name."""
    folder = ROOT / "web" / "apps" / "dashboard" / "src" / "play"
    return [
        Hit(path.relative_to(ROOT).as_posix(), text.count("\n", 0, match.start(name)) + 1, _web_rename(match))
        for path in sorted(folder.rglob("*.ts*"))
        for text in [path.read_text(encoding="utf-8")]
        for match in WEB_DEFINITION.finditer(text)
        for name in [match.lastindex or 0]
    ]


def _web_rename(match: re.Match[str]) -> str:
    name = match.group(match.lastindex or 0)
    return f"{name} is now {RENAMED_IN_WEB[name]}"


def report(hits: Sequence[Hit]) -> str:
    """The hits, then how many there are in each folder."""
    folders = Counter("/".join(hit.path.split("/")[:3][: hit.path.count("/")]) or "." for hit in hits)
    counted = [f"{number:6} {folder}" for folder, number in folders.most_common()]
    return "\n".join(["", *map(str, hits), "", f"{len(hits):6} in all", *counted])


@pytest.mark.parametrize("search", [phrase_hits, module_hits, definition_hits, web_hits])
def test_no_retired_phrase_or_name_is_left(search: Callable[[], list[Hit]]) -> None:
    hits = search()
    if hits:
        pytest.fail(report(hits), pytrace=False)


def test_a_phrase_is_found_across_lines_and_in_names_at_the_line_where_it_begins() -> None:
    phrases = retired_phrases(
        f"{HEADING}\n| We do not write | We write |\n| `\\b(made\\|makes) anew\\b` | rebuilt |\n"
    )
    text = "x = 1\n# It is made\n# anew.\ndef makes_anew() -> None: ...\n"
    assert list(hits_in(text, phrases)) == [(2, "made anew"), (4, "makes anew")]

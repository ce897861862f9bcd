"""What the command does once its options are read: crawl, show, and end with a code that says how it went."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from keepwell.crawl.loop import run_until_told
from keepwell.crawl.metrics import Tally, registered
from keepwell.crawl.model import Kind, Limits
from keepwell.crawl.report import CrawlReport, JsonReport, TerminalReport, print_problems
from keepwell.crawl.seeds import Seeds
from keepwell.crawl.service import crawl
from keepwell.platform.cli.rejected_rows import require_some_taken
from keepwell.platform.config import read_settings
from keepwell.platform.errors import PolicyViolation
from keepwell.platform.open_file_limit import raise_open_file_limit, require_open_files
from keepwell.platform.runtime import system_runtime
from keepwell.platform.telemetry.prometheus import counted_into

# The frontier's, the parsers' and the loop's own.
_OTHER_FILES = 64
# Connections stay open for a while after their host is done.
_MANY_FILES = 16_384


class ForbiddenByRobotsError(PolicyViolation):
    """robots.txt forbids every page."""

    exit_code = 6


def crawl_and_report(
    urls: Sequence[str],
    *,
    limits: Limits,
    file: Path | None,
    home: Path | None,
    as_json: bool,
    metrics_file: Path | None,
) -> None:
    """Crawl `urls` and print what came of them.

    Raises ForbiddenByRobotsError, DataValidationError if none is a URL, KeyboardInterrupt after an interruption that left
    something to continue with, and what `crawl` raises of the frontier's file.
    """
    raise_open_file_limit(_MANY_FILES)
    require_open_files(
        limits.connections + _OTHER_FILES, what=f"A crawl with {limits.connections:,} connections"
    )
    tally, seeds = Tally(), Seeds(urls)
    report: CrawlReport = JsonReport(tally) if as_json else TerminalReport(tally)
    where = file or read_settings(home=home).home / "crawl" / f"{_name(urls, limits)}.db"
    with registered(tally), counted_into(metrics_file), report.running():
        ending = run_until_told(
            lambda stop: crawl(
                seeds, where, limits=limits, runtime=system_runtime(), tally=tally, sink=report, stop=stop
            )
        )
    print_problems(seeds.problems, rejected=seeds.rejected)
    require_some_taken(seeds.rejected, taken=seeds.taken, hint="For example https://example.com/pricing")
    report.finish(ending, rejected=seeds.rejected)
    if ending.is_interrupted and ending.left:
        raise KeyboardInterrupt
    is_forbidden = set(tally.outcomes) - {Kind.REDIRECT} == {Kind.FORBIDDEN_BY_ROBOTS}
    if is_forbidden and not any(site.pages for site in ending.sites):
        _forbidden(limits)


def _name(urls: Sequence[str], limits: Limits) -> str:
    """The name of a command's frontier: the same words have the same one."""
    words = "\n".join((*urls, str(limits.depth), str(Path.cwd()))).encode("utf-8", "surrogateescape")
    return hashlib.sha256(words).hexdigest()[:16]


def _forbidden(limits: Limits) -> NoReturn:
    raise ForbiddenByRobotsError(
        "robots.txt forbids every page that was asked for.",
        hint=f"It was asked as {limits.user_agent!r}; the owner of the website can allow that name.",
    )

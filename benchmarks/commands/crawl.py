"""Benchmarks of the crawl, and of the ways to do many things at once that it chose from."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks.commands.parts import on_option, publish, repeats_option, scratch, write_option
from benchmarks.report import REPORTS
from keepwell.platform.cli.command_line import TerminalProgress, json_option

_PEERS = ("scrapy css", "scrapy selectolax", "crawlee")
_LEAST_PAGES, _LEAST_URLS = 100, 1_000


@click.command("crawl")
@click.option(
    "--pages",
    default=5_000,
    show_default=True,
    type=click.IntRange(min=_LEAST_PAGES),
    help="Pages of the websites.",
)
@click.option(
    "--urls",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(min=_LEAST_URLS),
    help="URLs in the frontier while memory is measured.",
)
@click.option(
    "--peer",
    "peers",
    multiple=True,
    type=click.Choice([*_PEERS, "none"]),
    help="Compare with this one only; repeatable; none compares with none.",
)
@click.option("--check", is_flag=True, help="End with exit code 1 if a promise is not kept.")
@repeats_option
@on_option
@write_option
@json_option
def crawl_command(
    pages: int,
    urls: int,
    *,
    peers: tuple[str, ...],
    check: bool,
    repeats: int,
    folder: Path | None,
    write: bool,
    as_json: bool,
) -> None:
    """A crawl of 19 websites on loopback, compared with Scrapy and Crawlee on the same pages.

    Each of the others gets an environment of its own in .peers: a minute the first time.

    Example: ./keepwell bench crawl --pages 200 --urls 2000 --repeats 1 --peer none --json
    """
    from benchmarks.crawl import report  # noqa: PLC0415  imports the crawl, which other benchmarks do without
    from benchmarks.crawl.measure import measure_crawl  # noqa: PLC0415  as above

    wanted = [name for name in peers or _PEERS if name != "none"]
    with scratch(folder) as place:
        figures = measure_crawl(
            place, pages=pages, urls=urls, repeats=repeats, peers=wanted, progress=TerminalProgress()
        )
    publish(figures, report, part=(REPORTS / "crawl.md", "crawl"), write=write, as_json=as_json)
    if check and not all(goal.is_met for goal in report.goals(figures)):
        sys.exit(1)


@click.command("concurrency")
@click.option(
    "--pages", default=2_000, show_default=True, type=click.IntRange(min=_LEAST_PAGES), help="Pages to read."
)
@repeats_option
@on_option
@write_option
@json_option
def concurrency_command(pages: int, repeats: int, folder: Path | None, write: bool, as_json: bool) -> None:
    """Threads, processes and async compared on the same pages, fetched and read.

    Example: ./keepwell bench concurrency --pages 200 --repeats 1 --json
    """
    from benchmarks.concurrency import report  # noqa: PLC0415  as above
    from benchmarks.concurrency.measure import measure_concurrency  # noqa: PLC0415  as above

    with scratch(folder) as place:
        figures = measure_concurrency(place, pages=pages, repeats=repeats, progress=TerminalProgress())
    part = (REPORTS.parent / "patterns" / "concurrency.md", "concurrency")
    publish(figures, report, part=part, write=write, as_json=as_json)


COMMANDS = [crawl_command, concurrency_command]

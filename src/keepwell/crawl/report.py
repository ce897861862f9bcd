"""What the command prints: live figures and tables for people, or JSON lines for programs."""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
import msgspec
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Facts, Kind, Result
from keepwell.crawl.service import Ending
from keepwell.crawl.sites import Site
from keepwell.platform.cli.command_line import print_table
from keepwell.platform.cli.counts import counted
from keepwell.platform.cli.visible import visible, visible_json

_DRAWS_A_SECOND = 4
_SHOWN_PRICES = 5
_MEGABYTE = 1_000_000
_BAR = 12


class UrlReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="report", tag="url", omit_defaults=True):
    """One URL and what came of it."""

    url: str
    outcome: Kind
    status: int | None = None
    reason: str = ""
    depth: int = 0
    bytes: int = 0
    seconds: float = 0.0
    redirects_to: str | None = None
    facts: Facts | None = None


class CrawlSummary(msgspec.Struct, frozen=True, kw_only=True, tag_field="report", tag="summary"):
    """The whole crawl. Waits are seconds of all hosts together; the lag of the loop is a quantile in seconds."""

    outcomes: Mapping[str, int]
    statuses: Mapping[int, int]
    retries: Mapping[str, int]
    requests: int
    bytes: int
    seconds: float
    waited: Mapping[str, float]
    lag_p99: float | None
    left: int
    over_page_limit: int
    rejected_lines: int
    is_interrupted: bool
    continued: bool
    sites: list[Site]
    more_sites: int


class CrawlReport(ABC):
    """Takes results while the crawl runs, and the ending."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    def __call__(self, results: Sequence[Result]) -> None:
        """Take results that are committed."""
        self.show(results)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Show what goes on within the block."""
        yield

    @abstractmethod
    def show(self, results: Sequence[Result]) -> None:
        """Show what was committed together."""

    @abstractmethod
    def finish(self, ending: Ending, *, rejected: int) -> None:
        """Show the summary."""


class JsonReport(CrawlReport):
    """A line for each URL, and one for the summary at the end."""

    def show(self, results: Sequence[Result]) -> None:
        """Print a line for each."""
        _print_lines([_url_report(result) for result in results])

    def finish(self, ending: Ending, *, rejected: int) -> None:
        """Print the summary's line."""
        tally = self.tally
        _print_lines(
            [
                CrawlSummary(
                    outcomes=dict(sorted(tally.outcomes.items())),
                    statuses=dict(sorted(tally.statuses.items())),
                    retries=dict(sorted(tally.retries.items())),
                    requests=tally.requests,
                    bytes=tally.bytes,
                    seconds=round(ending.seconds, 3),
                    waited={cause: round(seconds, 3) for cause, seconds in sorted(tally.waited.items())},
                    lag_p99=tally.lag.quantile(0.99),
                    left=ending.left,
                    over_page_limit=tally.dropped,
                    rejected_lines=rejected,
                    is_interrupted=ending.is_interrupted,
                    continued=ending.continued,
                    sites=ending.sites,
                    more_sites=ending.more_sites,
                )
            ]
        )


class TerminalReport(CrawlReport):
    """Live figures on standard error; at the end a table of the websites, and one of what was done."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally)
        self._started = time.monotonic()
        self._console = Console(stderr=True)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Draw the figures while the block runs; nothing if standard error is no terminal."""
        if not self._console.is_terminal:
            yield
            return
        with Live(
            get_renderable=self._figures,
            console=self._console,
            refresh_per_second=_DRAWS_A_SECOND,
            transient=True,
        ):
            yield

    def show(self, results: Sequence[Result]) -> None:
        """Nothing: the summary says it."""

    def finish(self, ending: Ending, *, rejected: int) -> None:
        """Print both tables."""
        if ending.sites:
            print_table(_site_table(ending.sites))
        if ending.more_sites:
            click.echo(f"... and {ending.more_sites:,} more websites; --json has a line for each URL.")
        print_table(_summary_table(self.tally, ending, rejected=rejected))
        print_refused(self.tally.outcomes)
        if ending.left:
            click.echo(f"{ending.left:,} URLs are left; the same command continues with them.", err=True)

    def _figures(self) -> Text:
        tally = self.tally
        seconds = max(time.monotonic() - self._started, 0.001)
        done = sum(tally.outcomes.values())
        share = done / (done + tally.left) if done + tally.left else 0.0
        bar = "\u2501" * round(_BAR * share)
        # In one line of 80 columns; what is beyond those of the terminal is left out, since a second line is not drawn over.
        return Text(
            f"{bar:<{_BAR}} {done:,} done, {tally.left:,} due, {tally.in_flight} on {tally.hosts} hosts, "
            f"{done / seconds:,.1f} pages/s, {tally.bytes / _MEGABYTE / seconds:,.2f} MB/s",
            no_wrap=True,
            overflow="ellipsis",
        )


def _site_table(sites: Sequence[Site]) -> Table:
    has_mentions = any(site.mentions for site in sites)
    table = Table("website", "state", "title", "technologies", "prices", "hiring")
    if has_mentions:
        table.add_column("mentions")
    for site in sites:
        state = f"{site.state}: {site.moved_to}" if site.state == "moved" else str(site.state)
        if site.state in {"dead", "unknown"}:
            state += f" ({site.reason or site.status})"
        table.add_row(
            site.url,
            state,
            site.title or "",
            ", ".join(site.technologies),
            _some(site.prices),
            "yes" if site.is_hiring else "",
            *([", ".join(site.mentions)] if has_mentions else []),
        )
    return table


def _some(prices: Sequence[str]) -> str:
    more = len(prices) - _SHOWN_PRICES
    return ", ".join(prices[:_SHOWN_PRICES]) + (f" and {more} more" if more > 0 else "")


def _summary_table(tally: Tally, ending: Ending, *, rejected: int) -> Table:
    table = Table("what, in this run" if ending.continued else "what", "count")
    table.columns[1].justify = "right"
    for kind, count in sorted(tally.outcomes.items()):
        table.add_row(kind.replace("_", " "), f"{count:,}")
    for reason, count in sorted(tally.retries.items()):
        table.add_row(f"tried again: {reason.replace('_', ' ')}", f"{count:,}")
    if tally.dropped:
        table.add_row("left out: the limit of a host", f"{tally.dropped:,}")
    if rejected:
        table.add_row("not a URL", f"{rejected:,}")
    done = sum(tally.outcomes.values())
    table.add_row("megabytes", f"{tally.bytes / _MEGABYTE:,.2f}")
    table.add_row("seconds", f"{ending.seconds:,.1f}")
    table.add_row("pages a second", f"{done / max(ending.seconds, 0.001):,.1f}")
    for cause, seconds in sorted(tally.waited.items()):
        table.add_row(f"waited for {cause.replace('_', ' ')}, seconds of all hosts", f"{seconds:,.1f}")
    return table


def _url_report(result: Result) -> UrlReport:
    due, outcome = result.due, result.outcome
    return UrlReport(
        url=due.url,
        outcome=outcome.kind,
        status=outcome.status,
        reason=outcome.reason,
        depth=due.depth,
        bytes=outcome.bytes,
        seconds=round(outcome.seconds, 4),
        redirects_to=outcome.target,
        facts=outcome.facts,
    )


def _print_lines(values: Sequence[msgspec.Struct]) -> None:
    lines = b"\n".join(map(msgspec.json.encode, values))
    click.echo(visible_json(lines.decode()))
    sys.stdout.flush()


def print_refused(outcomes: Mapping[str, int]) -> None:
    """Say on standard error how to read what is inside this network, if anything is."""
    if refused := outcomes.get("address_refused", 0):
        click.echo(
            f"Not asked, since the address is inside a network: {counted(refused, 'URL')}. "
            "--allow-network 10.0.0.0/8 makes an exception.",
            err=True,
        )


def print_problems(problems: Sequence[str], *, rejected: int) -> None:
    """Say on standard error which lines are no URLs."""
    for problem in problems:
        click.echo(visible(problem), err=True)
    if rejected > len(problems):
        click.echo(f"... and {rejected - len(problems):,} more that are no URLs.", err=True)

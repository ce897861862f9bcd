"""The command that crawls. It needs neither a server nor a database."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import re
import signal
from pathlib import Path
from typing import Any, NoReturn

import click

from keepwell.crawl.loop import loop_factory
from keepwell.crawl.metrics import Tally, registered
from keepwell.crawl.model import Kind, Limits
from keepwell.crawl.report import CrawlReport, JsonReport, TerminalReport, print_problems
from keepwell.crawl.seeds import Seeds
from keepwell.crawl.service import Ending, crawl
from keepwell.platform.cli.command_line import home_option, json_option
from keepwell.platform.cli.rejected_rows import require_some_taken
from keepwell.platform.cli.units import Duration, Size
from keepwell.platform.config import read_settings
from keepwell.platform.errors import PolicyViolation
from keepwell.platform.runtime import system_runtime
from keepwell.platform.telemetry.prometheus import counted_into, metrics_file_option

_RATE = re.compile(r"(\d+(?:\.\d+)?)(?:/(s|m|h))?")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, None: 1}
_ENDING = (signal.SIGINT, signal.SIGTERM)


class ForbiddenByRobotsError(PolicyViolation):
    """robots.txt forbids every page."""

    exit_code = 6


class Rate(click.ParamType[float]):
    """A rate: 1/s, 30/m, 0.5."""

    name = "RATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Requests a second, more than zero; fails with the option's name for anything else."""
        if isinstance(value, float):
            return value
        found = _RATE.fullmatch(str(value))
        rate = float(found[1]) / _SECONDS[found[2]] if found else 0.0
        return rate or self.fail(f"{value!r} is not a rate such as 1/s or 30/m.", param, ctx)


class Network(click.ParamType[str]):
    """A network: 10.0.0.0/8, or one address."""

    name = "NETWORK"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The network in its usual form; fails with the option's name for anything else."""
        try:
            return str(ipaddress.ip_network(str(value)))
        except ValueError:
            self.fail(f"{value!r} is not a network such as 10.0.0.0/8.", param, ctx)


@click.command("crawl")
@click.argument("urls", nargs=-1, required=True, metavar="URL|FILE...")
@click.option(
    "--depth", type=click.IntRange(0, 50), default=2, show_default=True, help="Links to follow from each URL."
)
@click.option("--rate", type=Rate(), default="1/s", show_default=True, help="Requests to one host.")
@click.option(
    "--address-rate", type=Rate(), default="10/s", show_default=True, help="Requests to one address."
)
@click.option(
    "--connections",
    type=click.IntRange(1, 5_000),
    default=100,
    show_default=True,
    help="Requests at the same time.",
)
@click.option(
    "--connections-per-host",
    type=click.IntRange(1, 500),
    default=8,
    show_default=True,
    help="The same, to one host.",
)
@click.option(
    "--pages-per-host",
    type=click.IntRange(1),
    default=1_000,
    show_default=True,
    help="Leave out what is beyond.",
)
@click.option(
    "--deadline",
    type=Duration(),
    default="30s",
    show_default=True,
    help="For one page, from its start to its end.",
)
@click.option("--largest", type=Size(), default="10MB", show_default=True, help="Largest page, decompressed.")
@click.option(
    "--longest-wait",
    type=Duration(),
    default="2m",
    show_default=True,
    help="Leave what is due later to another run.",
)
@click.option(
    "--mention", "mentions", multiple=True, metavar="NAME", help="Say which pages name this; repeatable."
)
@click.option(
    "--user-agent",
    default="Keepwell-Crawl/1",
    show_default=True,
    help="What to be called, also in robots.txt.",
)
@click.option(
    "--allow-network",
    "allowed_networks",
    type=Network(),
    multiple=True,
    help="Also read this network, which is not public; repeatable.",
)
@click.option(
    "--frontier",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to remember what is still to be read.",
)
@home_option
@json_option
@metrics_file_option
def crawl_command(
    urls: tuple[str, ...],
    *,
    largest: int,
    file: Path | None,
    home: Path | None,
    as_json: bool,
    metrics_file: Path | None,
    **options: Any,
) -> None:
    """Read websites politely, and say of each whether it is alive and what it shows.

    Each argument is a URL, or a file with one a line; `-` is standard input. Links are followed within the host of each
    URL. Lines that are no URLs are named, and the rest is crawled.

    Ctrl-C ends what is under way, and the same command continues later; the same command in several terminals shares the
    work. A crawl that had come to its end begins anew, and asks only whether pages have changed.

    The exit code is 6 if robots.txt forbids every page, and 3 if no argument is a URL.

    \b
    Examples:
      ./keepwell crawl example.com --depth 1
      ./keepwell crawl urls.txt --rate 30/m --json > pages.jsonl
    """  # noqa: D301  click's mark for a paragraph that it must not wrap
    limits = Limits(body_bytes=largest, **options)
    tally, seeds = Tally(), Seeds(urls)
    report: CrawlReport = JsonReport(tally) if as_json else TerminalReport(tally)
    where = file or read_settings(home=home).home / "crawl" / f"{_name(urls, limits)}.db"
    with registered(tally), counted_into(metrics_file), report.running():
        ending = _run(seeds, where, limits=limits, report=report)
    print_problems(seeds.problems, rejected=seeds.rejected)
    require_some_taken(seeds.rejected, taken=seeds.taken, hint="For example https://example.com/pricing")
    report.finish(ending, rejected=seeds.rejected)
    if ending.is_interrupted:
        raise KeyboardInterrupt
    if set(tally.outcomes) - {Kind.REDIRECT} == {Kind.FORBIDDEN_BY_ROBOTS}:
        _forbidden(limits)


def _run(seeds: Seeds, file: Path, *, limits: Limits, report: CrawlReport) -> Ending:
    async def work() -> Ending:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in _ENDING:
            loop.add_signal_handler(number, _stop, stop, asyncio.current_task())
        return await crawl(
            seeds, file, limits=limits, runtime=system_runtime(), tally=report.tally, sink=report, stop=stop
        )

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        try:
            return runner.run(work())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


def _stop(stop: asyncio.Event, task: asyncio.Task[Ending] | None) -> None:
    """The first signal lets what is under way end; the second one does not wait for it."""
    if stop.is_set() and task is not None:
        task.cancel()
    stop.set()


def _name(urls: tuple[str, ...], limits: Limits) -> str:
    """The name of a command's frontier: the same words have the same one."""
    words = "\n".join((*urls, str(limits.depth), str(Path.cwd()))).encode("utf-8", "surrogateescape")
    return hashlib.sha256(words).hexdigest()[:16]


def _forbidden(limits: Limits) -> NoReturn:
    raise ForbiddenByRobotsError(
        "robots.txt forbids every page that was asked for.",
        hint=f"It was asked as {limits.user_agent!r}; the owner of the website can allow that name.",
    )

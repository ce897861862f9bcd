"""What `crawl accounts` does once its options are read: crawl, and show what was found."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import msgspec
from rich.table import Table

from keepwell.crawl.accounts.crawling import ACCOUNT_LIMITS, AccountsCrawl, Crawling, crawl_accounts
from keepwell.crawl.accounts.model import (
    MOST_WEBSITES,
    CrawlItem,
    LeftOut,
    Nonsense,
    WebsiteReading,
    WebsiteState,
)
from keepwell.crawl.loop import run_until_told
from keepwell.crawl.metrics import Tally, registered
from keepwell.crawl.report import TerminalReport, print_refused
from keepwell.identity import service as identity
from keepwell.platform.cli.command_line import Target, print_json, print_table
from keepwell.platform.cli.counts import counted
from keepwell.platform.cli.rejected_rows import require_some_taken
from keepwell.platform.cli.visible import visible
from keepwell.platform.database_server import open_database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.telemetry.prometheus import counted_into
from keepwell.records.account_signals.model import NewSignal, named_website


class WebsiteReport(msgspec.Struct, frozen=True, kw_only=True):
    """A website of an account, `is_own` or a page elsewhere; `state` is null if it is nonsense, which `problem` explains, or was not reached."""

    account_id: UUID
    name: str
    website: str
    is_own: bool
    state: WebsiteState | None = None
    outcome: str | None = None
    status: int | None = None
    moved_to: str | None = None
    problem: str | None = None


class AccountsReport(msgspec.Struct, frozen=True):
    """A crawl of the websites of accounts: what it took, what it found, the signals that are new, and what was left out."""

    crawl: CrawlItem
    websites: Sequence[WebsiteReport]
    signals: Sequence[NewSignal]
    left_out: Sequence[LeftOut]


def crawl_and_report(
    target: Target, *, options: Mapping[str, Any], as_json: bool, metrics_file: Path | None
) -> None:
    """Crawl the accounts of a workspace and print what came of it.

    Raises DataValidationError if no website is an address, KeyboardInterrupt after an interruption, and what `crawl_accounts` raises.
    """
    tally = Tally()
    shown = TerminalReport(tally)

    async def work(stop: asyncio.Event) -> AccountsCrawl:
        async with open_database(target.settings) as database:
            async with database.transaction() as connection:
                workspace = await identity.get_workspace(connection, target.workspace)
            crawling = Crawling(
                database=database,
                settings=target.settings,
                runtime=system_runtime(),
                workspace_id=workspace.id,
                limits=msgspec.structs.replace(ACCOUNT_LIMITS, **options),
                tally=tally,
                cause="command",
                stop=stop,
            )
            return await crawl_accounts(crawling)

    with registered(tally), counted_into(metrics_file), shown.running():
        made = run_until_told(work)
    report = AccountsReport(made.crawl, _websites(made), made.signals, made.left_out)
    _print_problems(report)
    nonsense = sum(each.problem is not None for each in report.websites)
    require_some_taken(
        nonsense,
        taken=made.crawl.websites,
        hint="For example https://example.com; PATCH /v1/contacts.",
    )
    if as_json:
        print_json(report)
    else:
        _print(report)
    if made.is_interrupted:
        raise KeyboardInterrupt


def _websites(made: AccountsCrawl) -> list[WebsiteReport]:
    found = []
    for target, reading in made.found.items():
        named = WebsiteReport(
            account_id=target.account_id, name=target.name, website=target.website, is_own=target.is_own
        )
        if isinstance(reading, Nonsense):
            found.append(msgspec.structs.replace(named, problem=reading.problem))
        else:
            found.append(msgspec.structs.replace(named, **_of(reading)))
    return sorted(found, key=lambda each: (each.name, each.account_id, not each.is_own, each.website))


def _of(reading: WebsiteReading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in ("state", "outcome", "status", "moved_to")}


def _print_problems(report: AccountsReport) -> None:
    for each in report.websites:
        if each.problem is not None:
            click.echo(visible(f"{each.name}: {each.problem}"), err=True)
    for account in report.left_out:
        left_out = counted(account.websites, "website")
        text = f"{account.name}: left out {left_out}; {MOST_WEBSITES} are read of an account."
        click.echo(visible(text), err=True)


def _print(report: AccountsReport) -> None:
    crawl = report.crawl
    if not crawl.accounts:
        click.echo("No account has a website. A contact's `website` names it: PATCH /v1/contacts/ID.")
        return
    table = Table("account", "website", "state", "new signals")
    for each in report.websites:
        if each.problem is None:
            about = None if each.is_own else each.website
            kinds = [
                signal.kind
                for signal in report.signals
                if signal.account_id == each.account_id and named_website(signal.value) == about
            ]
            table.add_row(each.name, each.website, _state(each), ", ".join(kinds))
    print_table(table)
    click.echo(
        f"{counted(crawl.websites, 'website')} of {counted(crawl.accounts, 'account')}: "
        f"{counted(sum(crawl.outcomes.values()), 'URL')}, {crawl.bytes / 1_000_000:,.2f} MB; "
        f"{counted(crawl.signals, 'new signal')}."
    )
    print_refused(crawl.outcomes)
    if crawl.queue_left:
        click.echo(f"Left for another time: {counted(crawl.queue_left, 'URL')}.", err=True)


def _state(website: WebsiteReport) -> str:
    if website.state == "moved":
        return f"moved: {website.moved_to}"
    if website.state in {"dead", "unknown"}:
        return f"{website.state} ({website.status or str(website.outcome).replace('_', ' ')})"
    return str(website.state)

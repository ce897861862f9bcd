"""The child process that crawls websites of accounts, beside a worker that goes on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.crawl.accounts.messages import CrawlReply, CrawlRequest
from keepwell.crawl.accounts.model import CrawlItem
from keepwell.crawl.accounts.service import keep_crawl, not_made
from keepwell.crawl.metrics import Tally
from keepwell.crawl.options import PackagesMissingError
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.runtime import system_runtime


async def reply_to(asked: CrawlRequest) -> CrawlReply:
    """What came of it: the crawl, or the error in a sentence, also if the extra `crawl` is not installed."""
    settings = read_settings(home=Path(asked.home))
    account_ids = [UUID(each) for each in asked.account_ids]
    try:
        async with open_database(settings) as database:
            if (missing := _missing()) is None:
                return CrawlReply(
                    crawl=await _crawled(asked, account_ids, database=database, settings=settings)
                )
            # So that the page about websites says it too.
            async with database.workspace(UUID(asked.workspace_id)) as connection:
                runtime = system_runtime()
                crawl = not_made(missing, accounts=len(account_ids), runtime=runtime)
                await keep_crawl(
                    connection, crawl, workspace_id=UUID(asked.workspace_id), now=runtime.clock.now()
                )
            return CrawlReply(error=crawl.error, is_worth_retrying=False)
    except KeepwellError as error:
        return CrawlReply(error=f"{error.message} {error.hint}".strip())


def _missing() -> PackagesMissingError | None:
    try:
        import_module("keepwell.crawl.accounts.crawling")
    except ImportError as error:
        return PackagesMissingError.of(error)
    return None


async def _crawled(
    asked: CrawlRequest, account_ids: Sequence[UUID], *, database: Database, settings: Settings
) -> CrawlItem:
    from keepwell.crawl.accounts.crawling import ACCOUNT_LIMITS, Crawling, crawl_accounts  # noqa: PLC0415  it needs the extra

    networks = tuple(map(str, settings.crawl_networks))
    work = Crawling(
        database=database,
        settings=settings,
        runtime=system_runtime(),
        workspace_id=UUID(asked.workspace_id),
        limits=msgspec.structs.replace(ACCOUNT_LIMITS, allowed_networks=networks),
        tally=Tally(),
        cause="worker",
    )
    return (await crawl_accounts(work, account_ids)).crawl


def main() -> None:
    """Crawl what the argument of this process asks for, and write what came of it to the standard output."""
    asked = msgspec.json.decode(sys.argv[1], type=CrawlRequest)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(reply_to(asked))))


if __name__ == "__main__":
    main()

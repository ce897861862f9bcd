"""The child process that crawls websites of accounts, beside a worker that goes on."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.crawl.accounts.messages import CrawlReply, CrawlRequest
from keepwell.platform.config import read_settings
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.runtime import system_runtime


async def reply_to(asked: CrawlRequest) -> CrawlReply:
    """What came of it: the crawl, or the error in a sentence, also if the extra `crawl` is not installed."""
    try:
        from keepwell.crawl.accounts.crawling import ACCOUNT_LIMITS, Crawling, crawl_accounts  # noqa: PLC0415
        from keepwell.crawl.metrics import Tally  # noqa: PLC0415  with it
    except ImportError as error:
        return CrawlReply(error=without_extra(error), is_worth_retrying=False)
    settings = read_settings(home=Path(asked.home))
    try:
        async with open_database(settings) as database:
            work = Crawling(
                database=database,
                settings=settings,
                runtime=system_runtime(),
                workspace_id=UUID(asked.workspace_id),
                limits=msgspec.structs.replace(
                    ACCOUNT_LIMITS, allowed_networks=tuple(map(str, settings.crawl_networks))
                ),
                tally=Tally(),
                cause="worker",
            )
            made = await crawl_accounts(work, [UUID(each) for each in asked.account_ids])
    except KeepwellError as error:
        return CrawlReply(error=f"{error.message} {error.hint}".strip())
    return CrawlReply(crawl=made.crawl)


def without_extra(error: ImportError) -> str:
    """What is missing, and how to get it."""
    return f"Reading websites needs {error.name}. Install the extra: pip install 'keepwell[crawl]'."


def main() -> None:
    """Crawl what the argument of this process asks for, and write what came of it to the standard output."""
    asked = msgspec.json.decode(sys.argv[1], type=CrawlRequest)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(reply_to(asked))))


if __name__ == "__main__":
    main()

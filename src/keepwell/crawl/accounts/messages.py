"""What a worker and the child process that crawls say to each other. Light: the worker imports it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from keepwell.crawl.accounts.model import CrawlItem


class CrawlRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts whose websites to read."""

    home: str
    workspace_id: str
    account_ids: Sequence[str]


class CrawlReply(msgspec.Struct, frozen=True, kw_only=True):
    """The crawl that was made, or the `error`, which another attempt soon may not have."""

    crawl: CrawlItem | None = None
    error: str | None = None
    is_worth_retrying: bool = True

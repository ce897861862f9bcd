"""A workspace whose accounts have websites on loopback, and the crawl of them in this process."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from keepwell.crawl.accounts import service
from keepwell.crawl.accounts.crawling import ACCOUNT_LIMITS, AccountsCrawl, Crawling, crawl_accounts
from keepwell.crawl.accounts.model import WebsiteFilter, WebsiteItem
from keepwell.crawl.metrics import Tally
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.records.account_signals import service as account_signals
from keepwell.records.account_signals.model import named_website
from tests.crawls import FAST
from tests.integration.records import Client, account, made

LIMITS = replace(FAST, depth=ACCOUNT_LIMITS.depth, pages_per_host=ACCOUNT_LIMITS.pages_per_host)


class CrawledAccounts:
    """Accounts with websites; each crawl is one of a command."""

    def __init__(self, client: Client, database: Database, workspace: Workspace, settings: Settings) -> None:
        self.client = client
        self.database = database
        self.workspace = workspace
        self.settings = settings
        self._count = 0

    async def add(self, website: str, **contact: Any) -> UUID:
        """The id of a new account with this website."""
        self._count += 1
        added = await account(self.client, self._count)
        await made(
            self.client,
            "/v1/contacts",
            {"account_id": added["id"], "name": "Desk", "website": website, **contact},
        )
        return UUID(added["id"])

    async def name(self, account_id: UUID, website: str, **contact: Any) -> None:
        """One more contact of an account, with this website."""
        await made(
            self.client,
            "/v1/contacts",
            {"account_id": str(account_id), "name": "Desk", "website": website, **contact},
        )

    def crawling(self, **limits: Any) -> Crawling:
        return Crawling(
            database=self.database,
            settings=self.settings,
            runtime=system_runtime(),
            workspace_id=self.workspace.id,
            limits=replace(LIMITS, **limits),
            tally=Tally(),
            cause="command",
        )

    async def crawl(self, **limits: Any) -> AccountsCrawl:
        return await crawl_accounts(self.crawling(**limits))

    async def signals(self, account_id: UUID, website: str | None = None) -> dict[str, Any]:
        """What is known of the account's own website, or of this one of its others, by kind."""
        async with self.database.workspace(self.workspace.id) as connection:
            found = await account_signals.as_known(
                connection,
                workspace_id=self.workspace.id,
                known_at=system_runtime().clock.now(),
                account_ids=[account_id],
            )
        return {each.kind.split(".")[1]: each.value for each in found if named_website(each.value) == website}

    async def count_of_signals(self) -> int:
        async with self.database.workspace(self.workspace.id) as connection:
            rows = await connection.execute("select count(*) from account_signals")
            [(count,)] = await rows.fetchall()
        return int(count)

    async def websites(self, **filters: Any) -> dict[str, WebsiteItem]:
        """The websites as they are listed, by what the contact says."""
        found = await service.list_websites(
            self.database.reader(self.workspace.id),
            WebsiteFilter(**filters),
            workspace_id=self.workspace.id,
            limit=100,
        )
        return {each.website: each for each in found.items}

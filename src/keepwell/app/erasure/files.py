"""The files of an erasure: what to search them for, kept encrypted until the worker has done so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

import msgspec

from keepwell.intake import service as intake
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.erasure import Person
from keepwell.platform.errors import KeepwellError
from keepwell.platform.progress import Progress, SilentProgress
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import cipher_of, secret_of
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle
from keepwell.platform.work.model import Job
from keepwell.records.erasure import service as erasures
from keepwell.records.erasure.model import FileSearch

KIND = "erasure.files"


class ErasedFiles:
    """Searches the files of a home for erased persons, after waiting `patience` seconds for whoever writes them."""

    def __init__(self, settings: Settings, runtime: Runtime, *, patience: float = 5.0) -> None:
        self._cipher = cipher_of(secret_of(settings.secret_file), purpose="erasures")
        self._settings = settings
        self._runtime = runtime
        self._patience = patience

    def search_for(self, person: Person) -> bytes | None:
        """What the files have to be searched for, encrypted; None if the workspace has no files."""
        if not intake.has_files(self._settings.intake(person.workspace_id)):
            return None
        search = FileSearch(account=person.external_id, texts=list(person.distinctive_texts))
        return self._cipher.encrypt(msgspec.json.encode(search))

    async def erase_due(
        self,
        database: Database,
        workspace_id: UUID,
        *,
        progress: Progress | None = None,
    ) -> None:
        """Search the files for every erasure of the workspace that is due.

        Raises the error of one that could not be searched, such as Conflict naming the process that writes; it stays due,
        with the reason.
        """
        async with database.workspace(workspace_id) as connection:
            due = await erasures.due_files(connection, workspace_id=workspace_id)
        for each in due:
            search = msgspec.json.decode(self._cipher.decrypt(each.search), type=FileSearch)
            work = partial(self._erase, workspace_id, search, progress=progress or SilentProgress())
            try:
                await asyncio.to_thread(work)
            except KeepwellError as error:
                async with database.workspace(workspace_id) as connection:
                    await erasures.note_files_failed(
                        connection, each.account_id, workspace_id=workspace_id, error=error.message
                    )
                raise
            async with database.workspace(workspace_id) as connection:
                await erasures.note_files_done(
                    connection, each.account_id, workspace_id=workspace_id, now=self._runtime.clock.now()
                )

    def _erase(self, workspace_id: UUID, search: FileSearch, *, progress: Progress) -> None:
        intake.erase_account(
            self._settings.intake(workspace_id),
            self._settings.lake,
            workspace_id=workspace_id,
            account=search.account,
            texts=search.texts,
            clock=self._runtime.clock,
            progress=progress,
            patience=self._patience,
        )


def kinds(files: ErasedFiles, database: Database) -> Sequence[Kind]:
    """The kinds of work of erasures. The worker must see the same home as the servers that accept events."""

    async def perform(job: Job) -> Settle:
        await files.erase_due(database, job.workspace_id)
        return _done

    return [LeasedKind(name=KIND, perform=perform, in_all=1)]


async def _done(_: Connection) -> NextDue:
    return None

"""The files of an erasure: what to search them for, kept encrypted until the process that writes them has done so."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet

from keepwell.intake import service as intake
from keepwell.intake.service import GroupCommitters
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.erasure import Person
from keepwell.platform.errors import KeepwellError
from keepwell.platform.progress import Progress, SilentProgress
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import secret_of
from keepwell.records.erasure import service as erasures
from keepwell.records.erasure.model import FileSearch


class ErasedFiles:
    """Searches the files of a home for erased persons."""

    def __init__(self, settings: Settings, runtime: Runtime) -> None:
        key = hashlib.sha256(b"erasures " + secret_of(settings.secret_file)).digest()
        self._cipher = Fernet(base64.urlsafe_b64encode(key))
        self._settings = settings
        self._runtime = runtime

    def search_for(self, person: Person) -> bytes | None:
        """What the files have to be searched for, encrypted; None if the workspace has no files."""
        if not intake.has_files(self._settings.intake(person.workspace_id)):
            return None
        search = FileSearch(account=person.external_id, texts=list(person.telling_texts))
        return self._cipher.encrypt(msgspec.json.encode(search))

    def workspaces(self) -> list[UUID]:
        """The workspaces that have files."""
        found = []
        for folder in self._settings.intakes.glob("*"):
            try:
                found.append(UUID(folder.name))
            except ValueError:
                continue
        return found

    async def erase_due(
        self,
        database: Database,
        workspace_id: UUID,
        *,
        in_thread: Callable[[Callable[[], object]], Awaitable[object]],
        progress: Progress | None = None,
    ) -> None:
        """Search the files for every erasure of the workspace that is due, by `in_thread`.

        Raises the error of one that could not be searched, such as Conflict naming the process that writes; it stays due,
        with the reason.
        """
        async with database.workspace(workspace_id) as connection:
            due = await erasures.due_files(connection, workspace_id=workspace_id)
        for each in due:
            search = msgspec.json.decode(self._cipher.decrypt(each.search), type=FileSearch)
            work = partial(self._erase, workspace_id, search, progress=progress or SilentProgress())
            try:
                await in_thread(work)
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
        )


async def erase_due_files(files: ErasedFiles, database: Database, committers: GroupCommitters) -> None:
    """Search the files of every workspace in the server, which writes them itself; raises an ExceptionGroup of what failed."""
    failed: list[Exception] = []
    for workspace_id in files.workspaces():
        try:
            await files.erase_due(
                database, workspace_id, in_thread=partial(committers.without_journal, workspace_id)
            )
        except Exception as error:  # noqa: BLE001  raised below, after every workspace had its turn
            failed.append(error)
    if failed:
        raise ExceptionGroup("Not every erasure reached the files.", failed)

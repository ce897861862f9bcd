"""The erasure of a person: the account and its books stay, without anything that says whose they are."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.platform.errors import Conflict

FilesStatus = Literal["due", "done"]


class AlreadyErased(Conflict):
    """The person behind this account was erased before."""

    code = "already-erased"


class ErasureItem(msgspec.Struct, frozen=True):
    """The erasure of an account's person.

    The database is clean when this is answered. `files` says whether events and dead letters are, too: `due` until the
    process that writes them has searched them; `last_error` is why its last attempt failed.
    """

    account_id: UUID
    erased_at: datetime
    files: FilesStatus
    files_done_at: datetime | None
    last_error: str | None


class AuditedErasure(msgspec.Struct, frozen=True, kw_only=True):
    """What the audit log and the webhooks say of an erasure: how much was removed, never what."""

    id: UUID
    erased_at: datetime
    removed: dict[str, int]


class DueFiles(msgspec.Struct, frozen=True):
    """An erasure whose files have not been searched yet, with the encrypted search."""

    account_id: UUID
    search: bytes


class FileSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What the files are searched for: rows of the account, and dead letters with any of the texts."""

    account: str
    texts: list[str]

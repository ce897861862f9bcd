"""Entries of the audit log, and the chain that ties each to the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

AuditSort = Literal["sequence", "-sequence"]
# What the first entry of a workspace is tied to.
GENESIS = bytes(32)
# A field with one of these words in its name is not written down, wherever in a record it is.
_SECRETS = frozenset({"secret", "password", "token", "hash", "credential"})
_HIDDEN = "[secret]"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A change: who made it, of what, and the fields that were otherwise before; JSON as text."""

    workspace_id: UUID
    sequence: int
    id: UUID
    at: datetime
    member_id: UUID
    token_id: UUID | None
    action: str
    subject: str
    before: str | None
    after: str | None
    request_id: str


class ChainedEntry(Entry, frozen=True, kw_only=True):
    """An entry with its place in the chain."""

    previous_hash: bytes
    hash: bytes


class Head(msgspec.Struct, frozen=True):
    """The last entry of a chain; its sequence is 0 where there is none."""

    sequence: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash.hex()}"


class AuditEntry(msgspec.Struct, frozen=True):
    """An entry as clients see it."""

    id: UUID
    sequence: int
    at: datetime
    member_id: UUID
    token_id: UUID | None
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    request_id: str
    hash: str


class AuditPage(msgspec.Struct, frozen=True):
    """Some entries, and the cursor of the next ones where there are any."""

    items: Sequence[AuditEntry]
    next: str | None


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries, in which order; `end` is not included."""

    action: str | None = None
    subject: str | None = None
    member_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    sort: AuditSort = "-sequence"


class Verified(msgspec.Struct, frozen=True):
    """What a verification found; the chain is whole where there is no finding."""

    entries: int
    head: str
    findings: Sequence[str]


def hash_of(entry: Entry, previous_hash: bytes) -> bytes:
    """SHA-256 over the hash before and every field of `entry`, as JSON with its keys in order."""
    fields = {name: getattr(entry, name) for name in Entry.__struct_fields__}
    text = msgspec.json.encode(fields, order="deterministic")
    return hashlib.sha256(previous_hash + text).digest()


def changed_fields(
    before: msgspec.Struct | None, after: msgspec.Struct | None
) -> tuple[str | None, str | None]:
    """`before` and `after` as JSON: of a change only what differs, of anything no secret."""
    then, now = _shown(before), _shown(after)
    if then is not None and now is not None:
        same = {name for name in then.keys() & now.keys() if then[name] == now[name]}
        then = {name: value for name, value in then.items() if name not in same}
        now = {name: value for name, value in now.items() if name not in same}
    return _json(then), _json(now)


def breaks(entries: Iterable[ChainedEntry], *, after: Head) -> tuple[Head, list[str]]:
    """Follow the chain from `after` through `entries`: where it ends, and what is wrong on the way."""
    last, found = after, []
    for entry in entries:
        if entry.sequence != last.sequence + 1:
            found.append(f"entries {last.sequence + 1} to {entry.sequence - 1} are missing")
        elif entry.previous_hash != last.hash:
            found.append(f"entry {entry.sequence} is not tied to the one before")
        if entry.hash != hash_of(entry, entry.previous_hash):
            found.append(f"entry {entry.sequence} has been changed ({entry.action} of {entry.subject})")
        last = Head(entry.sequence, entry.hash)
    return last, found


def _shown(record: msgspec.Struct | None) -> dict[str, Any] | None:
    if record is None:
        return None
    shown: dict[str, Any] = _without_secrets(msgspec.to_builtins(record, str_keys=True))
    return shown


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _HIDDEN if _SECRETS.intersection(name.split("_")) else _without_secrets(inner)
        for name, inner in value.items()
    }


def _json(fields: Mapping[str, Any] | None) -> str | None:
    return None if fields is None else msgspec.json.encode(fields, order="deterministic").decode()

"""Entries of the audit log, and the chain of hashes that links each to the previous one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, Literal
from uuid import UUID

import msgspec

AuditSort = Literal["sequence", "-sequence"]
# The previous hash of the first entry.
GENESIS = bytes(32)
# A field with one of these words in its name is redacted, at any depth of a record.
_SECRETS = frozenset({"secret", "password", "token", "hash", "credential"})
_HIDDEN = "[secret]"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A change: the actor, the subject, and the fields that differ, before and after, as JSON text."""

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
    """An entry with its links in the chain."""

    previous_hash: bytes
    hash: bytes
    # Whether the hash needed the home's secret.
    is_keyed: bool
    # Set once the contents were removed by an erasure: it proves what is left.
    redacted_hash: bytes | None = None


class Head(msgspec.Struct, frozen=True):
    """The last entry of a chain; sequence 0 if the chain is empty."""

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
    """A page of entries, and the cursor of the next page, if any."""

    items: Sequence[AuditEntry]
    next: str | None


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filters and order of a list of entries; `end` is exclusive."""

    action: str | None = None
    subject: str | None = None
    member_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    sort: AuditSort = "-sequence"


class ChainVerification(msgspec.Struct, frozen=True):
    """The result of a verification; the chain is intact if there are no findings.

    `redacted` entries have lost their contents to erasures.
    """

    entries: int
    head: str
    findings: Sequence[str]
    redacted: int = 0


def hash_of(entry: Entry, previous_hash: bytes, *, key: bytes | None) -> bytes:
    """HMAC-SHA-256 over the previous hash and every field of `entry`, as JSON with sorted keys; SHA-256 without a key."""
    fields = {name: getattr(entry, name) for name in Entry.__struct_fields__}
    text = previous_hash + msgspec.json.encode(fields, order="deterministic")
    return hashlib.sha256(text).digest() if key is None else hmac.digest(key, text, "sha256")


def redacted_hash_of(entry: ChainedEntry, *, key: bytes | None) -> bytes:
    """The proof of an entry without its contents: HMAC-SHA-256 over its links and the fields that are left."""
    bare = Entry(
        **{name: getattr(entry, name) for name in Entry.__struct_fields__} | {"before": None, "after": None}
    )
    return hash_of(bare, b"redacted" + entry.previous_hash + entry.hash, key=key)


def changed_fields(
    before: msgspec.Struct | None, after: msgspec.Struct | None
) -> tuple[str | None, str | None]:
    """`before` and `after` as JSON: only the fields that differ, with secrets redacted."""
    then, now = _shown(before), _shown(after)
    if then is not None and now is not None:
        same = {name for name in then.keys() & now.keys() if then[name] == now[name]}
        then = {name: value for name, value in then.items() if name not in same}
        now = {name: value for name, value in now.items() if name not in same}
    return _json(then), _json(now)


def check_chain(
    entries: Iterable[ChainedEntry], *, after: Head, key: bytes | None, is_keyed: bool = False
) -> tuple[Head, list[str]]:
    """Check the chain from `after` through `entries`; returns its last head and the findings.

    Once an entry needed the key, all later ones do: `is_keyed` says whether one before these did.
    """
    last, found = after, []
    for entry in entries:
        if is_keyed and not entry.is_keyed:
            found.append(f"entry {entry.sequence} was added without this home's secret")
        is_keyed = is_keyed or entry.is_keyed
        if entry.sequence != last.sequence + 1:
            found.append(f"entries {last.sequence + 1} to {entry.sequence - 1} are missing")
        elif entry.previous_hash != last.hash:
            found.append(f"entry {entry.sequence} is not linked to the previous one")
        if not _is_unchanged(entry, key=key):
            found.append(f"entry {entry.sequence} has been changed ({entry.action} of {entry.subject})")
        last = Head(entry.sequence, entry.hash)
    return last, found


def _is_unchanged(entry: ChainedEntry, *, key: bytes | None) -> bool:
    if entry.redacted_hash is None:
        return entry.hash == hash_of(entry, entry.previous_hash, key=key if entry.is_keyed else None)
    is_bare = entry.before is None and entry.after is None
    return is_bare and entry.redacted_hash == redacted_hash_of(entry, key=key)


def last_of_plain_beginning(entries: Iterable[ChainedEntry]) -> Head | None:
    """The last entry before the first one that needed the key; None if the first one did."""
    plain = list(takewhile(lambda entry: not entry.is_keyed, entries))
    return Head(plain[-1].sequence, plain[-1].hash) if plain else None


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

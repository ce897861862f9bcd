"""Permissions, and the roles and token scopes that are made up of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a route requires; the scopes of a token are the same values."""

    READ = "read"
    WRITE = "write"
    KEEP_BOOKS = "books"
    FOLLOW_UP = "follow-up"
    COLLECT = "collect"
    IMPORT = "import"
    EXPORT = "export"
    SCORE = "score"
    ERASE = "erase"
    MANAGE_WEBHOOKS = "webhooks"
    READ_HOLDOUT = "holdout"
    READ_AUDIT = "audit"
    READ_METRICS = "metrics"
    MANAGE_WORK = "work"
    MANAGE_TOKENS = "tokens"
    MANAGE_SETTINGS = "settings"
    MANAGE_MEMBERS = "members"


def known_permissions(scopes: Iterable[str]) -> frozenset[Permission]:
    """The permissions among `scopes`; one that this release does not know, such as a newer one's, allows nothing."""
    known = set(Permission)
    return frozenset(Permission(scope) for scope in scopes if scope in known)


class Role(StrEnum):
    """The role of a member in a workspace, which always has at least one owner."""

    OWNER = "owner"
    ADMIN = "admin"
    ANALYST = "analyst"
    AGENT = "agent"

    @property
    def permissions(self) -> frozenset[Permission]:
        """The permissions of the role."""
        return _OF_ROLE[self]


_EVERYTHING = frozenset(Permission)
_OF_ROLE: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: _EVERYTHING,
    # Everything except deciding who is a member.
    Role.ADMIN: _EVERYTHING - {Permission.MANAGE_MEMBERS},
    Role.ANALYST: frozenset({Permission.READ, Permission.EXPORT, Permission.SCORE, Permission.READ_HOLDOUT}),
    # Follows up with customers: edits who they are and what they subscribe to, but neither exports records nor changes what
    # has been billed, and takes no money. Does not learn who is left alone, or would treat them otherwise.
    Role.AGENT: frozenset({Permission.READ, Permission.WRITE, Permission.FOLLOW_UP}),
}

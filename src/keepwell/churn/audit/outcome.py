"""What the server and the child process that audits say to each other. Light: the server imports it."""

from __future__ import annotations

import msgspec

from keepwell.churn.audit.model import BiasAudit


class AuditRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which model to audit, by what."""

    home: str
    workspace_id: str
    version: int
    by: str
    top: int


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An error of the child by its code, to be raised in the server."""

    code: str
    message: str
    hint: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The audit, or why there is none."""

    audit: BiasAudit | None = None
    refusal: Refusal | None = None

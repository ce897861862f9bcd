"""Checkpoints outside the database, so that truncating the log is detected."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from keepwell.identity.audit.model import Head
from keepwell.platform.errors import CorruptData, DataValidationError, Unavailable


def read_checkpoint(folder: Path, workspace_id: UUID) -> Head | None:
    """The head that was stored last; None if there is none. Raises CorruptData for a damaged file."""
    file = folder / str(workspace_id)
    try:
        return parse_head(file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except DataValidationError as error:
        raise CorruptData(f"{file} is damaged.", hint="Compare it with a backup of it.") from error


def write_checkpoint(folder: Path, workspace_id: UUID, head: Head) -> None:
    """Store `head` atomically."""
    file = folder / str(workspace_id)
    temporary = file.with_suffix(f".{os.getpid()}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.write_text(f"{head}\n", encoding="ascii")
        temporary.replace(file)
    except OSError as error:
        raise Unavailable(f"Cannot write {file}: {error.strerror}.", hint="Check its folder.") from error


def parse_head(text: str) -> Head:
    """Parse a head written as `SEQUENCE:HASH`; raises DataValidationError for anything else."""
    sequence, _, digest = text.partition(":")
    try:
        head = Head(int(sequence), bytes.fromhex(digest))
    except ValueError as error:
        raise _not_a_head(text) from error
    if head.sequence < 0 or len(head.hash) != 32:  # noqa: PLR2004  the bytes of a SHA-256
        raise _not_a_head(text)
    return head


def _not_a_head(text: str) -> DataValidationError:
    return DataValidationError(
        f"{text[:100]!r} is not the head of an audit log.", hint="Its form is SEQUENCE:HASH."
    )

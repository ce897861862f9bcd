"""How far the chain came, noted outside of the database: who cuts off its tail there does not reach this."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from keepwell.identity.audit.model import Head
from keepwell.platform.errors import CorruptData, DataValidationError, Unavailable


def read_anchor(folder: Path, workspace_id: UUID) -> Head | None:
    """The head that was noted last; None where there is none. Raises CorruptData for a damaged note."""
    file = folder / str(workspace_id)
    try:
        return parse_head(file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except DataValidationError as error:
        raise CorruptData(f"{file} is damaged.", hint="Compare it with a backup of it.") from error


def write_anchor(folder: Path, workspace_id: UUID, head: Head) -> None:
    """Note `head`, whole or not at all."""
    file = folder / str(workspace_id)
    aside = file.with_suffix(f".{os.getpid()}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside.write_text(f"{head}\n", encoding="ascii")
        aside.replace(file)
    except OSError as error:
        raise Unavailable(f"Cannot write {file}: {error.strerror}.", hint="Check its folder.") from error


def parse_head(text: str) -> Head:
    """A head as `SEQUENCE:HASH`; raises DataValidationError for anything else."""
    sequence, _, digest = text.partition(":")
    try:
        head = Head(int(sequence), bytes.fromhex(digest))
    except ValueError as error:
        raise _no_head(text) from error
    if head.sequence < 0 or len(head.hash) != 32:  # noqa: PLR2004  the bytes of a SHA-256
        raise _no_head(text)
    return head


def _no_head(text: str) -> DataValidationError:
    return DataValidationError(f"{text[:100]!r} is no head of an audit log.", hint="It is SEQUENCE:HASH.")

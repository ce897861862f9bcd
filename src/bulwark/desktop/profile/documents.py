"""The player's JSON files: validated when read, replaced atomically, set aside if damaged."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from bulwark.desktop.errors import DesktopError
from bulwark.errors import SaveError
from bulwark.saves.files import write_atomically

Document = TypeVar("Document", bound=msgspec.Struct)


def load_document(path: Path, default: Document) -> tuple[Document, str]:
    """The document at `path`, or `default`; and a message for the player if the file could not be used.

    A damaged file is renamed, and the message names the new file. Raises DesktopError if the file cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=type(default)), ""
    except FileNotFoundError:
        return default, ""
    except OSError as error:
        raise unusable(path, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        aside = _set_aside(path)
        return default, f"{path.name}: {error}. Using defaults; the file was renamed to {aside.name}."


def save_document(path: Path, document: msgspec.Struct) -> None:
    """Replace the file at `path`. Raises DesktopError if the disk fails; the previous file is then untouched."""
    text = msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2)
    try:
        write_atomically(path, text + b"\n")
    except SaveError as error:
        raise DesktopError(error.message, hint=error.hint) from error


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    try:
        path.replace(aside)
    except OSError as error:
        raise unusable(path, error) from error
    return aside


def unusable(path: Path, error: OSError) -> DesktopError:
    """What a player is told about a file that cannot be used."""
    return DesktopError(f"{path}: {error.strerror}.", hint="Fix its permissions, or set BULWARK_HOME.")

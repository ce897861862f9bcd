"""The home's secret, created on first use and readable by its owner only, and the ciphers that are made of it."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from keepwell.platform.errors import CorruptData, Unavailable

_BYTES = 32


def secret_of(path: Path) -> bytes:
    """The 32 random bytes in the file `path`, which is created if missing.

    Raises Unavailable if it cannot be read or written, CorruptData if it contains something else.
    """
    try:
        _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise Unavailable(
            f"Cannot use {path}: {error.strerror}.", hint="Check its owner and mode."
        ) from error
    if len(secret) != _BYTES:
        raise CorruptData(
            f"{path} is damaged.",
            hint="Restore it. Without it, cursors become invalid and webhooks need new secrets.",
        )
    return secret


def cipher_of(secret: bytes, *, purpose: str) -> Fernet:
    """A cipher for one purpose, such as `cookies`: what it encrypts, that of another purpose cannot decrypt."""
    key = hashlib.sha256(f"{purpose} ".encode() + secret).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written to a temporary file and linked: of two concurrent processes one wins, and nobody reads half of it.
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    if path.exists():
        return
    aside.write_bytes(secrets.token_bytes(_BYTES))
    aside.chmod(0o600)
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()

"""The keys that access tokens are signed with: files in the home that only its owner can read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import KeyParameters, KeySet, RSAKey

from keepwell.platform.clock import Clock
from keepwell.platform.errors import CorruptData, Unavailable

_BITS = 2048
_USE: KeyParameters = {"use": "sig", "alg": "RS256"}
# Longer than any token lives, with room for clocks that differ.
_KEPT_FOR = timedelta(days=1)


class SigningKeys:
    """The keys in `folder`: the newest one signs, the others still verify what they have signed."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._runtime: Sequence[RSAKey] = ()
        self._seen = -1

    def newest(self) -> RSAKey:
        """The key that signs, created at its first use."""
        if not self._load():
            self.rotate()
        return self._load()[-1]

    def find(self, kid: str) -> RSAKey | None:
        """The key with the id `kid`, or None."""
        return next((key for key in self._load() if key.kid == kid), None)

    def public(self) -> dict[str, Any]:
        """The public halves of all keys as a JWK set, RFC 7517."""
        self.newest()
        return dict(KeySet(list(self._load())).as_dict(private=False))

    def rotate(self) -> str:
        """Sign with a new key from now on and return its id; delete keys whose tokens have all expired."""
        key = RSAKey.generate_key(_BITS, _USE, auto_kid=True)
        now = self._clock.now()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for old in self._files()[:-1]:
                if now.timestamp() - old.stat().st_mtime > _KEPT_FOR.total_seconds():
                    old.unlink()
            file = self._folder / f"{self._next_number():06}.pem"
            temporary = file.with_suffix(f".{os.getpid()}")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(key.as_pem(private=True))
            temporary.rename(file)
        except OSError as error:
            raise Unavailable(f"Cannot write into {self._folder}: {error.strerror}.") from error
        return str(key.kid)

    def _load(self) -> Sequence[RSAKey]:
        """The keys from oldest to newest, read again if the folder has changed."""
        try:
            seen = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return ()
        if seen != self._seen:
            self._runtime, self._seen = [_read(file) for file in self._files()], seen
        return self._runtime

    def _next_number(self) -> int:
        files = self._files()
        return int(files[-1].stem) + 1 if files else 1

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.pem"))


def _read(file: Path) -> RSAKey:
    try:
        key = RSAKey.import_key(file.read_bytes(), _USE)
    except (ValueError, OSError) as error:
        hint = "Remove it; whoever was signed in with it has to sign in again."
        raise CorruptData(f"{file} is not a key.", hint=hint) from error
    key.ensure_kid()
    return key

"""One program at a time may use a player's files: two would replace each other's matches, stars and settings."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from bulwark.desktop.errors import DesktopError
from bulwark.desktop.profile.home import VARIABLE, Home


@contextmanager
def claimed(home: Home) -> Iterator[None]:
    """Hold the player's files as long as the block runs; a killed program holds nothing.

    Raises DesktopError if another program holds them. A folder that cannot be written is not held: nothing changes in it.
    """
    try:
        home.data.mkdir(parents=True, exist_ok=True)
        file = home.lock.open("ab")
    except OSError:
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            hint = f"Close it first, or set {VARIABLE} to another folder."
            raise DesktopError(
                f"Bulwark is already open with the files in {home.data}.", hint=hint
            ) from error
        yield

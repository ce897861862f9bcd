"""The names of the processes that share a frontier, and which of them have ended."""

from __future__ import annotations

import os
import socket
from uuid import UUID


def name_of_this_process(id_: UUID) -> str:
    """A name that nobody else has, and that says where the process runs."""
    return f"{socket.gethostname()}/{os.getpid()}/{id_}"


def has_ended(name: str) -> bool:
    """Whether the process has certainly ended: it ran on this machine, and its number is nobody's now."""
    machine, number, _ = name.rsplit("/", 2)
    if machine != socket.gethostname():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

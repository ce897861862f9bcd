"""The address of the running server, which `up` writes to server.json in the home."""

from __future__ import annotations

import msgspec

from keepwell.platform.config import Settings
from keepwell.platform.errors import Conflict


class ServerAddress(msgspec.Struct, frozen=True):
    """The contents of server.json."""

    url: str
    pid: int


def running_server(settings: Settings) -> ServerAddress:
    """The address of the running `up`; raises Conflict if none is running."""
    try:
        return msgspec.json.decode(settings.server_file.read_bytes(), type=ServerAddress)
    except FileNotFoundError:
        hint = "Start it with `./keepwell up`."
        raise Conflict(f"No server is running for {settings.home}.", hint=hint) from None

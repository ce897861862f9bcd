"""Where the server's socket is, and the name by which this process connects to it."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from keepwell.platform.errors import Unavailable

_LONGEST_PATH = 107
_SOCKET_NAME = ".s.PGSQL.5432"
_OPEN_FOLDERS = Path("/proc/self/fd")
_PRIVATE = 0o700


class SocketFolder:
    """The folder of the socket: the cluster's own, so that every process of the home finds it.

    A connection string cannot name every folder: the kernel limits the path of a socket, and a comma separates
    two hosts. Such a folder is held open, and reached by the link to its descriptor.
    """

    def __init__(self, cluster: Path, *, owner: int) -> None:
        # The server works in the cluster's data folder.
        self.for_server = ".."
        self.for_clients = str(cluster)
        self._descriptor: int | None = None
        if len(os.fsencode(cluster / _SOCKET_NAME)) <= _LONGEST_PATH and "," not in self.for_clients:
            return
        if _OPEN_FOLDERS.is_dir():
            self._descriptor = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
            self.for_clients = str(_OPEN_FOLDERS / str(self._descriptor))
        else:
            self.for_clients = self.for_server = str(_private_folder(cluster.resolve(), owner=owner))

    def close(self) -> None:
        """Release the folder; call it when nothing connects any more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _private_folder(cluster: Path, *, owner: int) -> Path:
    # Only for systems without /proc.
    name = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"keepwell-{owner}-{name}"
    folder.mkdir(mode=_PRIVATE, exist_ok=True)
    if os.geteuid() != owner and folder.lstat().st_uid == os.geteuid():
        os.chown(folder, owner, -1)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != _PRIVATE:
        raise Unavailable(
            f"{folder} is not a private folder of ours.", hint="Remove it, or use a shorter --home."
        )
    return folder

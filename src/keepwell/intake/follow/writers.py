"""Whether a program still has a file open for writing, so that a deleted file may get more rows."""

from __future__ import annotations

import errno
import fcntl
import sys


def has_writer(descriptor: int) -> bool | None:
    """Whether any process has the file open for writing; None if the system does not say.

    Only for a file without a name: nobody can open it meanwhile, which the lease would delay.
    """
    if sys.platform != "linux":
        return None
    try:
        # Refused as long as the file is open for writing. Only the file's owner and root may ask.
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False

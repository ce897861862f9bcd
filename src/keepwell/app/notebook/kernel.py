"""The kernel of the notebook, started as a process of its own: IPython's, without the one TCP port that it opens even over ipc.

That port takes the output of processes that a cell forks, from any user of this machine; no cell of ours forks.
"""

from __future__ import annotations

from typing import Any

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread


class _WithoutPort(IOPubThread):
    """The thread that sends outputs, which listens to no other process."""

    def __init__(self, socket: Any, pipe: bool = False, session: Any = False) -> None:  # noqa: ARG002, FBT001, FBT002  the signature of ipykernel
        super().__init__(socket, pipe=False, session=session)


if __name__ == "__main__":
    kernelapp.IOPubThread = _WithoutPort  # type: ignore[attr-defined]
    kernelapp.launch_new_instance()

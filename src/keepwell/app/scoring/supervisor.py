"""The supervisor of the scoring service's processes: uvicorn's, which watches all of them at once."""

from __future__ import annotations

from socket import socket
from time import monotonic

import structlog
from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors.multiprocess import Multiprocess, Process

_LOG = structlog.get_logger("keepwell.scoring")


class Supervisor(Multiprocess):
    """Starts a process again as soon as it has died, or has not answered for as long as the configuration says.

    Uvicorn's own waits for the answer of one process before it looks at the next, and for that of one that is killed meanwhile. And a
    process answers only once it has started, which may take a busy machine longer than a hang should.
    """

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._asked: dict[int | None, float] = {}

    def keep_subprocess_alive(self) -> None:
        """Replace what has ended or hangs; end all if a process says that it cannot start."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if process.process.is_alive() and self._answers(process):
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                self.should_exit.set()
                return
            _LOG.error(
                "a process has ended, and is started again", process=process.pid, exit_code=process.exitcode
            )
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    @property
    def has_failed(self) -> bool:
        """Whether it ended because a process could not start."""
        return any(each.exitcode == STARTUP_FAILURE for each in self.processes)

    def _answers(self, process: Process) -> bool:
        """Whether the process has answered lately; asks it again if it has."""
        asked = self._asked
        try:
            if process.pid in asked and process.parent_conn.poll():
                process.parent_conn.recv()
                del asked[process.pid]
            if process.pid not in asked:
                process.parent_conn.send(b"ping")
                asked[process.pid] = monotonic()
        except (OSError, EOFError):
            return False
        return monotonic() - asked[process.pid] < self.config.timeout_worker_healthcheck

"""The scoring service: a supervisor that holds the port, and the processes that answer on it."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
from psycopg.conninfo import make_conninfo

from keepwell.app.middleware.connections import BACKLOG, FEWEST_OPEN_FILES, HEADER_SECONDS, MOST_CONNECTIONS
from keepwell.app.scoring.process import Started, scoring_process
from keepwell.platform.config import Settings, make_home
from keepwell.platform.database import APP_ROLE
from keepwell.platform.database_server import database_server
from keepwell.platform.errors import Conflict, InfrastructureError, Unavailable
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.open_file_limit import require_open_files
from keepwell.platform.telemetry.prometheus import serve_metrics_of_processes
from keepwell.platform.trace.exporting import read_trace_settings

_SECONDS_TO_END = 4
# A process that has not answered its supervisor for so long hangs; it must also be enough to start on a busy machine.
_SECONDS_TO_ANSWER = 30


class ScoringOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen, with how many processes, and on which port metrics are served."""

    host: str
    port: int
    processes: int
    metrics_port: int | None = None


def serve_scores(settings: Settings, how: ScoringOptions, *, announce: Callable[[str, int], None]) -> None:
    """Serve until SIGINT or SIGTERM; a process that dies is started again.

    Connections that wait for a process are kept by the supervisor, which holds the port; those that a killed process was answering
    are cut. Raises Conflict if the port is in use, and Unavailable if the extra `scoring` is not installed.
    """
    try:
        from uvicorn import Config  # noqa: PLC0415  the extra `scoring`

        from keepwell.app.scoring.connections import BoundedConnection  # noqa: PLC0415  as above
        from keepwell.app.scoring.supervisor import Supervisor  # noqa: PLC0415  as above
    except ImportError as error:
        hint = "Install the extra: pip install 'keepwell[scoring]'. `up` answers /v2 without it."
        raise Unavailable("`score serve` needs uvicorn, httptools and uvloop.", hint=hint) from error
    traces = read_trace_settings(os.environ)
    make_home(settings.home)
    require_open_files(FEWEST_OPEN_FILES + MOST_CONNECTIONS, what="The scoring service")
    with database_server(settings) as conninfo, _listening(how) as listener, _counting(how.metrics_port):
        migrate(conninfo, read_migrations(migrations_folder()))
        own = conninfo if settings.database_url is not None else make_conninfo(conninfo, user=APP_ROLE)
        config = Config(
            partial(scoring_process, Started(settings=settings, conninfo=own, traces=traces)),
            factory=True,
            http=BoundedConnection,
            loop="uvloop",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            workers=how.processes,
            backlog=BACKLOG,
            timeout_keep_alive=HEADER_SECONDS,
            timeout_graceful_shutdown=_SECONDS_TO_END,
            timeout_worker_healthcheck=_SECONDS_TO_ANSWER,
        )
        announce(how.host, listener.getsockname()[1])
        supervisor = Supervisor(config, [listener])
        supervisor.run()
        if supervisor.has_failed:
            raise InfrastructureError(
                "A process of the scoring service does not start.", hint="Its log says why."
            )


@contextmanager
def _listening(how: ScoringOptions) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in how.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((how.host, how.port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise Conflict(
                f"Cannot listen on port {how.port} of {how.host}: {error.strerror}.",
                hint="Name another one: --port 8771.",
            ) from None
        listener.set_inheritable(True)
        yield listener


@contextmanager
def _counting(port: int | None) -> Iterator[None]:
    """Serve the metrics of all processes together, from files that each of them writes."""
    if port is None:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="keepwell-scoring-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        serve_metrics_of_processes(port, Path(folder))
        yield

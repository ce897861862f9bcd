"""Logging: one configuration for our own events and for the standard loggers of libraries.

Each line has its time (UTC), level, logger and event; within a request also the request id, and the workspace and
member once they are known. Lines go to standard error, as JSON or as text for a terminal.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal, cast, get_args

import msgspec
from structlog import configure, make_filtering_bound_logger
from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import TimeStamper, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor, WrappedLogger

from keepwell.platform.errors import DataValidationError
from keepwell.platform.telemetry.log_output import LogOutput
from keepwell.platform.telemetry.redaction import redact

LogFormat = Literal["json", "console"]
LogLevel = Literal["debug", "info", "warning", "error"]

OUTPUT = LogOutput()

_ENCODER = msgspec.json.Encoder(enc_hook=str)
# These log the whole URL of each request at INFO.
_QUIET_LIBRARIES = ("httpx", "httpcore", "stripe")


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to log, and from which level on."""

    format: LogFormat
    level: LogLevel = "info"


def read_log_settings(environment: Mapping[str, str], *, is_terminal: bool) -> LogSettings:
    """KEEPWELL_LOG_FORMAT (default: console on a terminal, otherwise json) and KEEPWELL_LOG_LEVEL (default: info).

    Raises DataValidationError for any other value.
    """
    log_format = environment.get("KEEPWELL_LOG_FORMAT") or ("console" if is_terminal else "json")
    level = environment.get("KEEPWELL_LOG_LEVEL") or "info"
    _require_one_of(get_args(LogFormat), log_format, name="KEEPWELL_LOG_FORMAT")
    _require_one_of(get_args(LogLevel), level, name="KEEPWELL_LOG_LEVEL")
    return LogSettings(format=cast(LogFormat, log_format), level=cast(LogLevel, level))


def _require_one_of(allowed: tuple[str, ...], value: str, *, name: str) -> None:
    if value not in allowed:
        raise DataValidationError(f"{name}: unknown value {value!r}.", hint=f"Use {' or '.join(allowed)}.")


def configure_logs(settings: LogSettings) -> None:
    """Log to standard error from now on; a second call replaces the first configuration."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    collect, render = _collectors(), _renderers(settings.format)
    OUTPUT.direct_to(sys.stderr)
    handler = logging.StreamHandler(OUTPUT)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=collect, processors=[ProcessorFormatter.remove_processors_meta, *render]
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # Our own events skip the standard library's records, which cost more than all the rest.
    configure(
        processors=[*collect, *render],
        wrapper_class=make_filtering_bound_logger(level),
        logger_factory=lambda name="keepwell": _LineLogger(name),
        cache_logger_on_first_use=True,
    )


class _LineLogger:
    """What structlog calls with each rendered line."""

    def __init__(self, name: str) -> None:
        self.name = name

    def msg(self, line: str) -> None:
        OUTPUT.write(f"{line}\n")

    debug = info = warning = error = critical = msg


def _collectors() -> list[Processor]:
    return [
        merge_contextvars,
        add_log_level,
        add_logger_name,
        TimeStamper(fmt="iso", utc=True, key="time"),
        format_exc_info,
    ]


def _renderers(log_format: LogFormat) -> list[Processor]:
    if log_format == "json":
        return [redact, _to_json]
    console = ConsoleRenderer(
        colors=sys.stderr.isatty(),
        timestamp_key="time",
        sort_keys=False,
        # Rich's traceback would show local variables, and with them secrets.
        exception_formatter=plain_traceback,
    )
    return [redact, _escape, console]


def _to_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    first = {"time": event.pop("time"), "level": event.pop("level"), "event": event.pop("event")}
    whole = {**first, **event}
    with suppress(UnicodeEncodeError):
        line = _ENCODER.encode(whole)
        if line.isascii():
            return line.decode()
    # Several times slower. Escapes line separators of Unicode, and surrogates, which UTF-8 does not have.
    return json.dumps(whole, default=str)


def _escape(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Escape control characters, so that no value can forge a line or reach the terminal as a command."""
    traceback = event.pop("exception", None)
    escaped = {key: _printable(value) if isinstance(value, str) else value for key, value in event.items()}
    if traceback is not None:
        escaped["exception"] = "\n".join(f"    {_printable(line)}" for line in traceback.split("\n"))
    return escaped


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)

"""Logging: one configuration for our own events and for the standard loggers of libraries.

Each line has its time (UTC), level, logger and event; within a request also the request id, and the workspace and
member once they are known. Lines go to standard error, as JSON or as text for a terminal.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import Literal, cast, get_args

import msgspec
from structlog import configure, make_filtering_bound_logger
from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import LoggerFactory, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor, WrappedLogger

from keepwell.platform.errors import DataValidationError

LogFormat = Literal["json", "console"]
LogLevel = Literal["debug", "info", "warning", "error"]

_REDACTED = "[redacted]"
_SECRET_KEY = re.compile(
    r"(authorization|cookie|password|secret|token|credentials?|(write|api|private)[_-]?key)s?", re.IGNORECASE
)
# What the rest of a line may quote: our tokens and keys, Stripe's, JWTs, query strings, passwords within URLs.
_SECRET_TEXT = re.compile(
    r"\bkw[a-z]?_[\w-]{8,}|\bwhsec_[\w+/=-]+|\b[rs]k_(?:live|test)_\w+|\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|\b(?:Bearer|Basic) [\w.~+/=-]+|(?<=\?)[\w.-]+=[^\s\"'<>]+|(?<=://)[^\s/@:\"']+:[^\s/@\"']+(?=@)"
)
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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ProcessorFormatter(processors=_processors(settings.format)))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    configure(
        processors=[ProcessorFormatter.wrap_for_formatter],
        wrapper_class=make_filtering_bound_logger(level),
        logger_factory=LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _processors(log_format: LogFormat) -> list[Processor]:
    common: list[Processor] = [
        merge_contextvars,
        add_log_level,
        add_logger_name,
        TimeStamper(fmt="iso", utc=True, key="time"),
        format_exc_info,
        ProcessorFormatter.remove_processors_meta,
        _redact_by_key,
    ]
    if log_format == "json":
        return [*common, _order, JSONRenderer(), _redact_text]
    renderer = ConsoleRenderer(
        colors=sys.stderr.isatty(),
        timestamp_key="time",
        sort_keys=False,
        # Rich's traceback would show local variables, and with them secrets.
        exception_formatter=plain_traceback,
    )
    return [*common, _escape, renderer, _redact_text]


def _order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {"time": event.pop("time"), "level": event.pop("level"), "event": event.pop("event"), **event}


def _redact_by_key(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: _redacted(key, value) for key, value in event.items()}


def _redacted(key: str, value: object) -> object:
    if _is_secret(key):
        return _REDACTED
    if isinstance(value, Mapping):
        return {str(each): _redacted(str(each), inner) for each, inner in value.items()}
    return value


@cache
def _is_secret(key: str) -> bool:
    """Whether the last word of `key` names a secret: `access_token` does, `token_id` does not."""
    return any(found.end() == len(key) for found in _SECRET_KEY.finditer(key))


def _redact_text(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    # The renderer before this one has turned the event into text.
    return _SECRET_TEXT.sub(_REDACTED, cast(str, line))


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

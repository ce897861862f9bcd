"""Where traces go, by OpenTelemetry's own settings: to a collector (OTLP), to standard error, or nowhere.

The exporter reads the rest of its settings itself, such as OTEL_EXPORTER_OTLP_HEADERS:
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

import msgspec
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter

from keepwell import __version__
from keepwell.platform.errors import DataValidationError
from keepwell.platform.trace.tracer import Tracer

ExporterName = Literal["otlp", "console", "none"]

DEFAULT_SHARE = 0.1
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"
# A collector that hangs must not hold up the end of the process.
_SECONDS_TO_END = 2.0


class TraceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where traces go, and which share of them is kept though nothing was wrong with it."""

    exporter: ExporterName = "none"
    share: float = DEFAULT_SHARE
    service: str = "keepwell"


def read_trace_settings(environment: Mapping[str, str]) -> TraceSettings:
    """Settings from OTEL_* and KEEPWELL_TRACE_SHARE; raises DataValidationError for what they cannot mean.

    OTLP if an endpoint is set, otherwise nothing; OTEL_TRACES_EXPORTER overrides that.
    """
    endpoint = _first(environment, _ENDPOINTS)
    chosen = environment.get("OTEL_TRACES_EXPORTER") or ("otlp" if endpoint else "none")
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        chosen = "none"
    if chosen not in get_args(ExporterName):
        raise DataValidationError(
            f"OTEL_TRACES_EXPORTER: unknown value {chosen!r}.", hint="Use otlp, console or none."
        )
    if chosen == "otlp":
        _require_http(environment, endpoint)
    return TraceSettings(
        exporter=cast(ExporterName, chosen),
        share=_share(environment.get("KEEPWELL_TRACE_SHARE")),
        service=environment.get("OTEL_SERVICE_NAME") or "keepwell",
    )


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := environment.get(name))), None)


def _require_http(environment: Mapping[str, str], endpoint: str | None) -> None:
    protocol = _first(environment, _PROTOCOLS) or _PROTOCOL
    if protocol != _PROTOCOL:
        raise DataValidationError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL: {protocol!r} is not supported.",
            hint=f"Use {_PROTOCOL}, which collectors accept on port 4318.",
        )
    try:
        address = urlsplit(endpoint or "http://localhost")
        is_http = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        is_http = False
    if not is_http:
        raise DataValidationError(
            f"OTEL_EXPORTER_OTLP_ENDPOINT: {endpoint!r} is not an address.",
            hint="Use the whole URL: http://localhost:4318.",
        )


def _share(text: str | None) -> float:
    try:
        share = float(text or DEFAULT_SHARE)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise DataValidationError(
            f"KEEPWELL_TRACE_SHARE: {text!r} is not a share.", hint="Use a number from 0 to 1, such as 0.1."
        )
    return share


@contextmanager
def tracing(settings: TraceSettings) -> Iterator[Tracer]:
    """A tracer for this process; what it has kept is exported before the context is left, if that is quick."""
    if settings.exporter == "none":
        yield Tracer()
        return
    processor = BatchSpanProcessor(_exporter(settings.exporter))
    try:
        yield Tracer(processor, share=settings.share, resource=_resource(settings))
    finally:
        _within_seconds(processor.shutdown)


def _exporter(name: ExporterName) -> SpanExporter:
    if name == "console":
        return ConsoleSpanExporter(out=sys.stderr, formatter=_line)
    return OTLPSpanExporter()


def _line(span: ReadableSpan) -> str:
    return f"{span.to_json(indent=None)}\n"


def _resource(settings: TraceSettings) -> Resource:
    return Resource.create({"service.name": settings.service, "service.version": __version__})


def _within_seconds(shut_down: Callable[[], None]) -> None:
    ending = threading.Thread(target=shut_down, name="end of traces", daemon=True)
    ending.start()
    ending.join(_SECONDS_TO_END)

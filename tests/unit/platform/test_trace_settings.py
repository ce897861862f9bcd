from __future__ import annotations

import pytest

from keepwell.platform.errors import DataValidationError
from keepwell.platform.trace.exporting import TraceSettings, read_trace_settings

COLLECTOR = "http://localhost:4318"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, TraceSettings(exporter="none")),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": COLLECTOR}, TraceSettings(exporter="otlp")),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": COLLECTOR}, TraceSettings(exporter="otlp")),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, TraceSettings(exporter="otlp")),
        ({"OTEL_TRACES_EXPORTER": "console"}, TraceSettings(exporter="console")),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": COLLECTOR, "OTEL_TRACES_EXPORTER": "none"},
            TraceSettings(exporter="none"),
        ),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": COLLECTOR, "OTEL_SDK_DISABLED": "TRUE"},
            TraceSettings(exporter="none"),
        ),
        ({"KEEPWELL_TRACE_SHARE": "1"}, TraceSettings(share=1.0)),
        ({"KEEPWELL_TRACE_SHARE": "0"}, TraceSettings(share=0.0)),
        ({"OTEL_SERVICE_NAME": "keepwell-2"}, TraceSettings(service="keepwell-2")),
    ],
)
def test_the_standard_settings_decide_where_traces_go(
    environment: dict[str, str], expected: TraceSettings
) -> None:
    assert read_trace_settings(environment) == expected


@pytest.mark.parametrize(
    "environment",
    [
        {"OTEL_TRACES_EXPORTER": "jaeger"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:port"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://[::1"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": COLLECTOR, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        {"KEEPWELL_TRACE_SHARE": "10%"},
        {"KEEPWELL_TRACE_SHARE": "-0.1"},
        {"KEEPWELL_TRACE_SHARE": "1.1"},
        {"KEEPWELL_TRACE_SHARE": "nan"},
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_with_a_hint(environment: dict[str, str]) -> None:
    with pytest.raises(DataValidationError) as refused:
        read_trace_settings(environment)
    assert refused.value.hint

"""The configuration of the log: formats, levels, redaction, and values that try to forge lines."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import thorough

from keepwell.platform.errors import DataValidationError
from keepwell.platform.telemetry.logs import (
    OUTPUT,
    LogFormat,
    LogSettings,
    configure_logs,
    read_log_settings,
)

SECRETS = [
    "kw_Zm9vYmFyYmF6cXV4",
    "kwk_Zm9vYmFyYmF6cXV4",
    "kwr_Zm9vYmFyYmF6cXV4",
    "whsec_Zm9vYmFyYmF6cXV4",
    "sk_live_Zm9vYmFy",
    "rk_test_Zm9vYmFy",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
]
# What precedes a secret: the start of a word, or an escape of the repr of a string or of a URL.
BOUNDARIES = ["\n", "\t", "\0", "_", "-", '"', "\\n", "\\t", "\\x00", "\\u2028", "%0A", "%09", "/", "=", "é"]
# Pieces that mean something to the redaction, to JSON or to a terminal, between arbitrary text.
TEXTS = st.lists(
    st.text(st.characters(exclude_categories=[]))
    | st.sampled_from(
        [*SECRETS, *BOUNDARIES, "?token=", "Bearer ", "://a:", "@", '","status":200,"x":"', "\\"]
    )
).map("".join)
FORGED = '\n{"level": "error"}\r\x1b[2J\x9b\u2028\u202e\x00'


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def logged(
    capsys: pytest.CaptureFixture[str],
    event: str = "event",
    *,
    log_format: LogFormat = "json",
    values: Mapping[str, Any] | None = None,
    **others: Any,
) -> str:
    """The output on standard error for an event with `values` and `others`."""
    configure_logs(LogSettings(format=log_format))
    structlog.get_logger("keepwell.test").error(event, **(values or {}), **others)
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_json_line_has_time_level_event_and_logger(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.loads(logged(capsys, "stored", count=3))
    logged_at = line.pop("time")
    assert logged_at.endswith("Z")
    assert "T" in logged_at
    assert line == {"level": "error", "event": "stored", "count": 3, "logger": "keepwell.test"}


def test_a_line_of_a_library_has_the_same_keys(capsys: pytest.CaptureFixture[str]) -> None:
    ours = json.loads(logged(capsys, "said 1"))
    logging.getLogger("keepwell.test").error("said %d", 1)
    theirs = json.loads(capsys.readouterr().err)
    assert {**ours, "time": ""} == {**theirs, "time": ""}


def test_a_line_of_a_library_looks_the_same_on_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    ours = logged(capsys, "said 1", log_format="console")
    logging.getLogger("keepwell.test").error("said %d", 1)
    length = len("2027-01-01T00:00:00.000000Z")
    assert ours[length:] == capsys.readouterr().err[length:]


@pytest.mark.parametrize("name", ["httpx", "httpcore", "stripe"])
def test_libraries_that_log_urls_are_quiet_below_warning(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    configure_logs(LogSettings(format="json", level="debug"))
    logging.getLogger(name).info("HTTP Request: GET https://example.org")
    assert capsys.readouterr().err == ""


def test_an_event_below_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogSettings(format="json", level="warning"))
    structlog.get_logger("keepwell.test").info("small")
    logging.getLogger("some.library").info("small")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "key", ["authorization", "Cookie", "password", "access_token", "client_secret", "writeKey", "X-Api-Key"]
)
def test_a_value_is_redacted_by_its_key_at_any_depth(
    capsys: pytest.CaptureFixture[str], key: str, log_format: LogFormat
) -> None:
    line = logged(capsys, log_format=log_format, body={key: "hunter2", "inner": {key: "hunter2"}})
    line += logged(capsys, log_format=log_format, values={key: "hunter2"})
    assert "hunter2" not in line
    assert line.count("[redacted]") == 3


@pytest.mark.parametrize("key", ["token_id", "key", "cookies_sent"])
def test_a_key_that_only_mentions_a_secret_is_kept(capsys: pytest.CaptureFixture[str], key: str) -> None:
    assert json.loads(logged(capsys, values={key: "4711"}))[key] == "4711"


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_within_a_message_or_a_traceback_is_redacted(
    capsys: pytest.CaptureFixture[str], secret: str, log_format: LogFormat
) -> None:
    line = logged(
        capsys, f"sent {secret}", log_format=log_format, error=secret, exc_info=ValueError(f"no {secret}!")
    )
    assert secret not in line
    assert line.count("[redacted]") == 3


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /sign-in?token=hunter2&x=1 failed", "hunter2"),
        ("postgresql://keepwell:hunter2@db/keepwell", "hunter2"),
        ("Authorization: Bearer hunter2", "hunter2"),
        ("Authorization: Basic aHVudGVyMg==", "aHVudGVyMg"),
    ],
)
def test_a_secret_in_a_url_or_header_is_redacted(
    capsys: pytest.CaptureFixture[str], text: str, secret: str
) -> None:
    assert secret not in logged(capsys, text)


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("secret", [*SECRETS, "Bearer hunter2", "Basic aHVudGVyMg==", "eyJabc.def.ghi"])
def test_a_secret_after_any_boundary_is_redacted(
    capsys: pytest.CaptureFixture[str], secret: str, boundary: str, log_format: LogFormat
) -> None:
    text = f"/v1/x{boundary}{secret}"
    values = {"path": text, "inner": {text: [text]}, "exc_info": ValueError(text)}
    line = logged(capsys, text, log_format=log_format, values=values)
    assert secret not in line
    assert secret.rsplit(maxsplit=1)[-1] not in line
    assert line.count("[redacted]") == 5


@pytest.mark.parametrize(
    "text",
    [
        "Bearer\thunter2",
        "Bearer\\thunter2",
        "Bearer%20hunter2",
        "authorization: bearer hunter2hunter2hunter2",
        '?token=ab"hunter2',
        "?token=ab'hunter2",
        "/sign-in/oidc/callback?x=1&code=hunter2",
        "?state=hunter2",
        "?\ntoken=hunter2",
        "#access_token=hunter2",
        "/sign-in%3Ftoken%3Dhunter2",
        "postgresql://keepwell:a@b'hunter2@db/keepwell",
        "redis://:hunter2@db",
    ],
)
def test_a_secret_in_an_unusual_form_is_redacted(capsys: pytest.CaptureFixture[str], text: str) -> None:
    line = logged(capsys, text, exc_info=ValueError(text))
    assert "hunter2" not in line
    assert "[redacted]" in json.loads(line)["event"]


@pytest.mark.parametrize(
    "text", ["the basic plan", "no bearer token", "task_test_1", "kw_only", "why? because", "http://a:1/b"]
)
def test_ordinary_text_is_kept(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert json.loads(logged(capsys, text))["event"] == text


def test_a_secret_within_bytes_or_an_object_is_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    line = logged(capsys, body=SECRETS[0].encode(), path=Path(SECRETS[0]), error=ValueError(SECRETS[0]))
    assert [json.loads(line)[key] for key in ("body", "path", "error")] == ["[redacted]"] * 3


def test_a_value_that_is_redacted_forges_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.loads(logged(capsys, path='/v1/?x=1","status":200,"forged":"y', status=404))
    assert line.keys() == {"time", "level", "event", "path", "status", "logger"}
    assert (line["path"], line["status"]) == ("/v1/?[redacted]", 404)


@settings(
    max_examples=thorough.repeats(100, thorough=3_000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(event=TEXTS, path=TEXTS, message=TEXTS)
def test_any_text_is_logged_as_one_valid_json_line(
    capsys: pytest.CaptureFixture[str], event: str, path: str, message: str
) -> None:
    output = logged(capsys, event, path=path, inner={path: [message]}, exc_info=ValueError(message))
    (line,) = output.splitlines()
    assert json.loads(line).keys() == {"time", "level", "event", "path", "inner", "exception", "logger"}


@pytest.mark.parametrize(
    "piece", ["-eyJ", "_kw", "%26a", "?a", "://a:", "bearer ", "&", "whsec_", "-sk_live_"]
)
def test_redaction_takes_linear_time(capsys: pytest.CaptureFixture[str], piece: str) -> None:
    began = time.process_time()
    logged(capsys, piece * (200_000 // len(piece)))
    assert time.process_time() - began < 1


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_value_forges_a_line_or_sends_terminal_commands(
    capsys: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    output = logged(capsys, f"event{FORGED}", log_format=log_format, path=FORGED)
    (line,) = output.splitlines()
    assert line.isprintable()


def test_a_value_that_utf_8_cannot_encode_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(logged(capsys, path="\udcff"))["path"] == "\udcff"


def test_a_traceback_cannot_forge_a_console_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = ValueError("2027-01-01T00:00:00Z [info     ] forged\x1b[2J")
    first, *others = logged(capsys, log_format="console", exc_info=error).splitlines()
    assert "event" in first
    assert all(each.startswith("    ") and each.isprintable() for each in others)


def test_the_format_is_console_on_a_terminal_and_json_elsewhere() -> None:
    assert read_log_settings({}, is_terminal=True) == LogSettings(format="console", level="info")
    assert read_log_settings({}, is_terminal=False) == LogSettings(format="json", level="info")


def test_the_settings_override_the_terminal() -> None:
    environment = {"KEEPWELL_LOG_FORMAT": "json", "KEEPWELL_LOG_LEVEL": "error"}
    assert read_log_settings(environment, is_terminal=True) == LogSettings(format="json", level="error")


@pytest.mark.parametrize("name", ["KEEPWELL_LOG_FORMAT", "KEEPWELL_LOG_LEVEL"])
def test_an_unknown_setting_is_reported_with_the_allowed_values(name: str) -> None:
    with pytest.raises(DataValidationError, match=f"{name}: unknown value 'xml'") as refused:
        read_log_settings({name: "xml"}, is_terminal=False)
    assert "json or console" in refused.value.hint or "debug or info" in refused.value.hint


def test_logging_to_a_full_disk_raises_nothing() -> None:
    program = (
        "import structlog; from keepwell.platform.telemetry.logs import LogSettings, configure_logs;"
        "configure_logs(LogSettings(format='json')); structlog.get_logger().error('event'); print('went on')"
    )
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=full, check=False, text=True
        )
    assert done.stdout == "went on\n"


def test_a_reader_that_stalls_delays_nobody_and_the_lines_that_it_missed_are_counted() -> None:
    reader, writer = os.pipe()
    with ThreadPoolExecutor() as late, os.fdopen(reader) as pipe:
        with os.fdopen(writer, "w") as log, redirect_stderr(log):
            configure_logs(LogSettings(format="json"))
            with OUTPUT.in_background(longest_backlog=100_000):
                for number in range(3_000):
                    OUTPUT.write(f"{number:0>99}\n")
                read = late.submit(pipe.readlines)
        lines = read.result()
    received = [line for line in lines if line.strip().isdigit()]
    dropped = [json.loads(line)["count"] for line in lines if "log lines dropped" in line]
    assert len(received) < 3_000
    assert len(received) + sum(dropped) == 3_000

"""The configuration of the log: formats, levels, redaction, and values that try to forge lines."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import structlog

from keepwell.platform.errors import DataValidationError
from keepwell.platform.telemetry.logs import LogFormat, LogSettings, configure_logs, read_log_settings

SECRETS = [
    "kw_Zm9vYmFyYmF6cXV4",
    "kwk_Zm9vYmFyYmF6cXV4",
    "kwr_Zm9vYmFyYmF6cXV4",
    "whsec_Zm9vYmFyYmF6cXV4",
    "sk_live_Zm9vYmFy",
    "rk_test_Zm9vYmFy",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
]
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
    time = line.pop("time")
    assert time.endswith("Z")
    assert "T" in time
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

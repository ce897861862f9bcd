"""Which request ids a client may choose."""

from __future__ import annotations

from typing import cast

import pytest
from litestar.types import Scope

from keepwell.app.middleware.request_ids import assign_request_id
from keepwell.platform.clock import SystemClock
from keepwell.platform.ids import Uuid7


def assigned(requested: str) -> str:
    scope = cast(Scope, {"headers": [(b"x-request-id", requested.encode())], "state": {}})
    return assign_request_id(scope, ids=Uuid7(SystemClock()))


@pytest.mark.parametrize(
    "requested", ["request-42", "command-line-7", "01a22608-5062-79e0-b8f7-8afa99e0b410"]
)
def test_a_valid_request_id_is_kept(requested: str) -> None:
    assert assigned(requested) == requested


@pytest.mark.parametrize("requested", ["command-line", "Command-Line", "webhooks"])
def test_a_request_id_of_keepwell_itself_is_replaced(requested: str) -> None:
    assert assigned(requested) != requested


@pytest.mark.parametrize(
    "requested",
    ["kw_abcdefghij", "kwr_abcdefghij", "my-kw_abcdefghij", "sk_live_abcdefghij", "eyJhbGci.eyJzdWIi.c2ln"],
)
def test_a_request_id_that_the_log_would_redact_is_replaced(requested: str) -> None:
    assert assigned(requested) != requested

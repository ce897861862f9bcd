"""The address of the running server, as `sign-in` finds it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from keepwell.platform.config import Settings, read_settings
from keepwell.platform.errors import Conflict, Unavailable
from keepwell.platform.server_address import (
    ServerAddress,
    one_of_several_servers,
    public_link,
    running_server,
    sole_server,
)

ADDRESS = ServerAddress(url="http://127.0.0.1:8765", pid=4711)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = read_settings({}, home=tmp_path)
    settings.server_file.write_bytes(msgspec.json.encode(ADDRESS))
    return settings


def test_the_address_of_a_running_server_is_found(settings: Settings) -> None:
    with sole_server(settings.home):
        assert running_server(settings) == ADDRESS


def test_the_address_that_a_killed_server_left_is_not_taken_for_a_running_one(settings: Settings) -> None:
    with sole_server(settings.home):
        pass
    with pytest.raises(Conflict, match="No server is running") as refused:
        running_server(settings)
    assert "./keepwell up" in refused.value.hint


def test_a_home_that_was_never_served_has_no_running_server(settings: Settings) -> None:
    with pytest.raises(Conflict, match="No server is running"):
        running_server(settings)


def test_a_home_that_cannot_be_written_is_refused_with_a_hint(settings: Settings) -> None:
    (settings.home / "up.lock").mkdir()
    with pytest.raises(Unavailable, match="Cannot use") as refused, sole_server(settings.home):
        pass
    assert "--home" in refused.value.hint


def test_a_link_begins_with_the_public_url_that_the_running_server_has_written(settings: Settings) -> None:
    with sole_server(settings.home):
        assert public_link(settings, "/sign-in") == "http://127.0.0.1:8765/sign-in"
        written = msgspec.structs.replace(ADDRESS, public_url="https://keepwell.example.org")
        settings.server_file.write_bytes(msgspec.json.encode(written))
        assert public_link(settings, "/sign-in") == "https://keepwell.example.org/sign-in"


def test_a_configured_public_url_needs_no_running_server(settings: Settings) -> None:
    configured = msgspec.structs.replace(settings, public_url="https://keepwell.example.org")
    assert public_link(configured, "/sign-in") == "https://keepwell.example.org/sign-in"
    with pytest.raises(Conflict, match="No server is running"):
        public_link(settings, "/sign-in")


def test_servers_that_share_a_home_are_found_and_keep_out_one_that_does_not(settings: Settings) -> None:
    with one_of_several_servers(settings.home), one_of_several_servers(settings.home):
        assert running_server(settings) == ADDRESS
        with pytest.raises(Conflict, match="already runs"), sole_server(settings.home):
            pass
    with (
        sole_server(settings.home),
        pytest.raises(Conflict, match="already runs"),
        one_of_several_servers(settings.home),
    ):
        pass

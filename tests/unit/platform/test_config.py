from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from keepwell.platform.config import read_settings
from keepwell.platform.errors import DataValidationError


def test_an_explicit_home_overrides_the_environment(tmp_path: Path) -> None:
    settings = read_settings({"KEEPWELL_HOME": "/elsewhere"}, home=tmp_path)
    assert settings.home == tmp_path


def test_a_relative_home_in_the_environment_becomes_absolute() -> None:
    assert read_settings({"KEEPWELL_HOME": "data"}).home == Path.cwd() / "data"


def test_a_home_whose_name_is_not_utf8_is_refused_by_its_escaped_name() -> None:
    with pytest.raises(DataValidationError, match=r"/x\\xff has a name that is not UTF-8"):
        read_settings({"KEEPWELL_HOME": "/x\udcff"})


def test_the_default_home_is_the_platforms_user_data_folder() -> None:
    assert read_settings({}).home.name == "keepwell"


def test_commands_name_a_home_unless_it_is_the_default_one(tmp_path: Path) -> None:
    assert read_settings({}).home_option is None
    assert read_settings({"KEEPWELL_HOME": str(tmp_path)}).home_option == str(tmp_path)


def test_empty_variables_count_as_unset() -> None:
    settings = read_settings({"KEEPWELL_DATABASE_URL": "", "KEEPWELL_PG_BIN": "", "KEEPWELL_PG_USER": ""})
    assert (settings.database_url, settings.postgres_binaries, settings.postgres_user) == (None, None, None)


def test_trusted_proxies_are_addresses_and_networks_and_empty_by_default() -> None:
    settings = read_settings({"KEEPWELL_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,fd00::/8"})
    assert settings.trusted_proxies == tuple(map(ip_network, ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]))
    assert read_settings({}).trusted_proxies == ()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Keepwell.example.org/", "https://keepwell.example.org"),
        ("http://10.0.0.7:8765", "http://10.0.0.7:8765"),
        ("https://[fd00::7]:8443", "https://[fd00::7]:8443"),
        ("https://xn--grn-ioa.example", "https://xn--grn-ioa.example"),
        ("", None),
    ],
)
def test_the_public_url_is_scheme_host_and_port(given: str, kept: str | None) -> None:
    assert read_settings({"KEEPWELL_PUBLIC_URL": given}).public_url == kept


@pytest.mark.parametrize(
    "given",
    [
        *(
            "keepwell.example.org",
            "ftp://keepwell.example.org",
            "https://",
            "https://keepwell.example.org/app",
        ),
        *("https://ada@keepwell.example.org", "https://keepwell.example.org?x=1", "https://grün.example"),
        *(
            "https://keepwell.example.org:99999",
            "https://keepwell.example.org:0",
            "https://keepwell..example",
        ),
        *("https://keepwell.example.org\nX: 1", "https://keepwell.example.org:port", "https://-a.example"),
    ],
)
def test_an_invalid_public_url_is_reported_by_name(given: str) -> None:
    with pytest.raises(DataValidationError, match="KEEPWELL_PUBLIC_URL") as refused:
        read_settings({"KEEPWELL_PUBLIC_URL": given})
    assert "https://keepwell.example.org" in refused.value.hint


@pytest.mark.parametrize("given", ["*", "localhost", "10.0.0.1/8", "127.0.0.1;::1"])
def test_an_invalid_trusted_proxy_is_reported_by_name(given: str) -> None:
    with pytest.raises(DataValidationError, match="KEEPWELL_TRUSTED_PROXIES"):
        read_settings({"KEEPWELL_TRUSTED_PROXIES": given})


@pytest.mark.parametrize("name", ["KEEPWELL_MOST_STREAMS", "KEEPWELL_MOST_STREAMS_OF_MEMBER"])
@pytest.mark.parametrize("given", ["0", "-1", "many", "1.5"])
def test_the_number_of_streams_is_a_whole_number_above_zero(name: str, given: str) -> None:
    with pytest.raises(DataValidationError, match=f"{name}( |$|:)"):
        read_settings({name: given})

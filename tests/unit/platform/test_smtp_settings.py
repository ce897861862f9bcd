"""The mail server of KEEPWELL_SMTP_URL, and the errors for a wrong one."""

from __future__ import annotations

import pytest

from keepwell.platform.config import read_settings
from keepwell.platform.errors import DataValidationError
from keepwell.platform.smtp_settings import MailServer, Tls, mail_server
from keepwell.platform.values.email_addresses import Mailbox

FROM = {"KEEPWELL_MAIL_FROM": "Care <care@studio.example>"}


def server_of(url: str, **others: str) -> MailServer | None:
    return mail_server({"KEEPWELL_SMTP_URL": url, **FROM, **others}, public_url=None)


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtps://mail.example", "mail.example", 465, Tls.FROM_THE_START),
        ("smtp://mail.example", "mail.example", 587, Tls.STARTTLS),
        ("smtp://10.0.0.7:25", "10.0.0.7", 25, Tls.STARTTLS),
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, Tls.NONE),
        ("smtp://localhost", "localhost", 25, Tls.NONE),
        ("smtp://[::1]:1025/", "::1", 1025, Tls.NONE),
    ],
)
def test_only_this_machine_is_spoken_to_without_tls(url: str, host: str, port: int, tls: Tls) -> None:
    found = server_of(url)
    assert found is not None
    assert (found.host, found.port, found.tls, found.username) == (host, port, tls, None)
    assert found.sender == Mailbox("care@studio.example", "Care")


def test_user_and_password_are_decoded() -> None:
    found = server_of("smtps://ada%40shop.example:p%3Aa%25ss%2F@mail.example")
    assert found is not None
    assert (found.username, found.password) == ("ada@shop.example", "p:a%ss/")


def test_without_a_setting_there_is_no_server() -> None:
    assert read_settings({}).mail_server is None
    assert read_settings({"KEEPWELL_SMTP_URL": ""}).mail_server is None


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example:587", "http://mail.example", "smtp://", "smtp://:587", "smtp://mail.example:port"),
        *("smtp://mail.example:99999", "smtp://[::1", "smtp://ada@mail.example", "smtp://mail.example/inbox"),
        *("smtp://:secret@mail.example", "smtp://ada:@mail.example"),
        *("smtp://mail.example?tls=no", "smtp://mail .example", "smtp://ada:secret@"),
    ],
)
def test_a_wrong_url_is_an_error_that_does_not_show_it(url: str) -> None:
    with pytest.raises(DataValidationError, match=r"^KEEPWELL_SMTP_URL: ") as refused:
        server_of(url)
    assert "secret" not in refused.value.message
    assert "smtps://" in refused.value.hint


@pytest.mark.parametrize(
    "sender", ["nobody", "A\nBcc: b@shop.example <a@shop.example>", "a@shop.example, b@shop.example"]
)
def test_a_wrong_sender_is_named(sender: str) -> None:
    with pytest.raises(DataValidationError, match="KEEPWELL_MAIL_FROM"):
        server_of("smtp://localhost", KEEPWELL_MAIL_FROM=sender)


def test_the_sender_is_by_default_the_user_or_keepwell_at_the_public_address() -> None:
    user = mail_server({"KEEPWELL_SMTP_URL": "smtps://ada%40shop.example:x@mail.example"}, public_url=None)
    public = {
        "KEEPWELL_SMTP_URL": "smtp://localhost",
        "KEEPWELL_PUBLIC_URL": "https://keepwell.shop.example:8443",
    }
    found = read_settings(public).mail_server
    assert user is not None
    assert found is not None
    assert user.sender == Mailbox("ada@shop.example", "Keepwell")
    assert found.sender == Mailbox("keepwell@keepwell.shop.example", "Keepwell")
    with pytest.raises(DataValidationError, match="KEEPWELL_MAIL_FROM is not set"):
        mail_server({"KEEPWELL_SMTP_URL": "smtp://localhost"}, public_url="http://127.0.0.1:8765")

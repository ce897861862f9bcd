"""Names and e-mails on the command line: what the API would refuse is refused with the option's name."""

from __future__ import annotations

import os

import click
import pytest
from click.testing import CliRunner

from keepwell.identity.api_tokens.cli import token
from keepwell.identity.members.cli import member
from keepwell.identity.workspace_settings.cli import workspace
from keepwell.identity.write_keys.cli import write_key

NOT_UTF_8 = os.fsdecode(b"Ad\xe4")


@pytest.mark.parametrize("name", ["", "x" * 256, NOT_UTF_8])
@pytest.mark.parametrize(
    ("group", "words"),
    [(member, ("add",)), (token, ("create", "--name")), (write_key, ("create", "--name"))],
)
def test_what_is_not_a_name_is_refused(group: click.Group, words: tuple[str, ...], name: str) -> None:
    done = CliRunner().invoke(group, [*words, name])
    assert done.exit_code == 2
    assert "is not a name, which has 1 to 255 characters." in done.output


@pytest.mark.parametrize("email", ["ada", "", "ada@", "a da@example.org", NOT_UTF_8 + "@example.org"])
def test_what_is_not_an_email_is_refused(email: str) -> None:
    done = CliRunner().invoke(member, ["add", "Ada", "--email", email])
    assert done.exit_code == 2
    assert "is not an e-mail address such as ada@example.org." in done.output


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("name", ""),
        ("time-zone", ""),
        ("locale", "x" * 36),
        ("sender-name", "x" * 256),
        ("sender-email", "x"),
    ],
)
def test_what_is_not_a_setting_is_refused_in_words(option: str, text: str) -> None:
    done = CliRunner().invoke(workspace, ["set", f"--{option}", text])
    assert (done.exit_code, f"Invalid value for '--{option}': {text!r} is not a" in done.output) == (2, True)

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from keepwell.app.cli import keepwell
from keepwell.app.verbs import VERBS

CONTEXT = click.Context(keepwell)


def commands(group: click.Group, name: str = "") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for verb in group.list_commands(CONTEXT):
        command = group.get_command(CONTEXT, verb)
        assert command is not None
        if isinstance(command, click.Group):
            found += commands(command, f"{name} {verb}".strip())
        else:
            found.append((f"{name} {verb}".strip(), command))
    return found


ALL = commands(keepwell)
# These work on folders and files, without a database, in every workspace, or in a home of their own.
STANDALONE = {"verify", "convert", "drill intake", "sample", "worker", "score serve", "site", "crawl"}
OF_A_WORKSPACE = [(name, command) for name, command in ALL if name not in STANDALONE]


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_every_command_has_an_example_in_its_help(name: str, command: click.Command) -> None:
    assert f"./keepwell {name}" in (command.help or "")


@pytest.mark.parametrize(("name", "command"), OF_A_WORKSPACE, ids=[name for name, _ in OF_A_WORKSPACE])
def test_every_workspace_command_has_home_and_workspace_options(name: str, command: click.Command) -> None:
    assert {"home", "workspace"} <= {parameter.name for parameter in command.params}


def test_help_loads_neither_the_server_nor_the_lake() -> None:
    code = "import sys, keepwell.app.cli; print([m for m in ('litestar', 'ibis', 'sklearn') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[]"


def test_the_listed_verbs_exist() -> None:
    assert keepwell.list_commands(CONTEXT) == list(VERBS)


def said(*words: str) -> tuple[int, str]:
    """The exit code of a command line, and what it says on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "keepwell.app.cli", *words], check=False, capture_output=True, text=True
    )
    return done.returncode, done.stderr


_INTERRUPTED_WHILE_IT_READS = """
import sys
from keepwell.app import cli
class Interrupted:
    @property
    def buffer(self): raise KeyboardInterrupt
sys.argv, sys.stdin = ["keepwell", "convert", "--from", "csv", "-", "rows.jsonl"], Interrupted()
cli.main()
"""


def test_an_interrupted_command_that_would_not_continue_says_to_check_first() -> None:
    command = [sys.executable, "-c", _INTERRUPTED_WHILE_IT_READS]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        130,
        "\nInterrupted. Check what was done before you run it again.\n",
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("improt", "import"), ("imports", "import"), ("savelist", "save-list"), ("plya", "play")],
)
def test_a_mistyped_verb_gets_a_suggestion(typed: str, meant: str) -> None:
    with pytest.raises(click.NoSuchCommand) as refused:
        keepwell.main([typed], standalone_mode=False)
    assert refused.value.format_message() == f"No such command '{typed}'. Did you mean '{meant}'?"


def test_an_option_before_the_command_is_refused_with_its_place() -> None:
    code, error = said("--home", "/nowhere", "metrics", "mrr")
    assert code == 2
    assert error.endswith(
        "Options come after the command, for example: ./keepwell metrics mrr --workspace NAME\n"
    )

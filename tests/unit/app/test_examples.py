"""Every example of a help text or a document is a command line that its command accepts.

`tests/integration/test_examples.py` runs those of the help texts and the README.
"""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from tests.examples import (
    DOCUMENTS,
    OTHER_PROGRAMS,
    Example,
    all_commands,
    document_examples,
    help_examples,
)

COMMANDS = {walked.words: walked.command for walked in all_commands()}
# Its options are pytest's.
TESTS = ("test",)
CHOICES = [
    pytest.param(parameter, id=" ".join((*words, str(parameter.name))))
    for words, command in COMMANDS.items()
    for parameter in command.params
    if isinstance(parameter.type, click.Choice)
]


def require_accepted(example: Example) -> None:
    """Fail unless the command, its options and the words that it chooses from exist."""
    words, command = command_of(example)
    context = click.Context(command, info_name=" ".join(words))
    given, _, _ = command.make_parser(context).parse_args(list(example.words[len(words) :]))
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and given.get(str(parameter.name)) is not None:
            parameter.type_cast_value(context, given[str(parameter.name)])


def command_of(example: Example) -> tuple[tuple[str, ...], click.Command]:
    """The longest beginning of the words that is a command, with the command."""
    for length in range(len(example.words), 0, -1):
        words = example.words[:length]
        if words in COMMANDS:
            # Anything but its commands is the folder of an export.
            is_short = words == ("import",) and len(example.words) > 1
            return words, COMMANDS["import", "folder"] if is_short else COMMANDS[words]
    raise AssertionError(f"There is no such command: {example}")


@pytest.mark.parametrize("parameter", CHOICES)
def test_every_word_that_a_help_text_offers_is_accepted(parameter: click.Parameter) -> None:
    choice = parameter.type
    assert isinstance(choice, click.Choice)
    context = click.Context(click.Command("any"))
    offered = [str(word) for word in choice.choices]
    metavar = choice.get_metavar(parameter, context)
    assert metavar in (f"[{'|'.join(offered)}]", f"{{{'|'.join(offered)}}}")
    assert [str(choice.convert(word, parameter, context)) for word in offered] == offered


@pytest.mark.parametrize("example", help_examples(), ids=str)
def test_an_example_of_a_help_text_is_accepted(example: Example) -> None:
    if example.words != TESTS:
        require_accepted(example)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_examples_of_a_document_are_accepted(document: Path) -> None:
    for example in document_examples(document):
        if example.words[:1] != TESTS:
            require_accepted(example)


def test_a_wrong_example_is_noticed() -> None:
    for words in (("member", "add", "Ada", "--role", "analist"), ("member", "add", "Ada", "--rôle", "agent")):
        with pytest.raises(click.UsageError):
            require_accepted(Example("here", words))
    with pytest.raises(AssertionError):
        require_accepted(Example("here", ("mmeber", "add")))


def test_every_program_of_the_bootstrap_script_has_examples() -> None:
    shown = {example.words[0] for example in help_examples()}
    assert {*OTHER_PROGRAMS, "demo", "up"} <= shown

"""The command lines that help texts and documents show, so that tests can run them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from benchmarks.__main__ import bench
from bulwark.bots.cli import bots
from bulwark.desktop.cli import play
from keepwell.app.cli import keepwell

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAM = "./keepwell"
# Verbs of the bootstrap script that have a command line of their own; `test` has pytest's.
OTHER_PROGRAMS: dict[str, click.Command] = {"bots": bots, "play": play, "bench": bench}
# What ends a command line in a shell, and what stands for options that a reader may add.
_END = re.compile(r"&&?|\||;|[0-9]?>>?|\.\.\.|\[.*")
_INLINE = re.compile(r"`(\./keepwell [^`]+)`")
_SUBSTITUTED = re.compile(r"\$\((\./keepwell [^)]+)\)")


class Example(NamedTuple):
    """A command line without `./keepwell`, and the command or file that shows it."""

    place: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.place}: {shlex.join(self.words)}"


class Walked(NamedTuple):
    """A command, and the words that call it."""

    words: tuple[str, ...]
    command: click.Command


def all_commands() -> list[Walked]:
    """Every command and group, of all programs."""
    others = (each for verb, command in OTHER_PROGRAMS.items() for each in _walk(command, (verb,)))
    return [*_walk(keepwell, ()), *others]


def _walk(command: click.Command, words: tuple[str, ...]) -> Iterator[Walked]:
    yield Walked(words, command)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _walk(below, (*words, name))


def help_examples() -> list[Example]:
    """The examples of every help text."""
    found: list[Example] = []
    for walked in all_commands():
        text = f"{walked.command.help or ''}\n{walked.command.epilog or ''}"
        place = " ".join(("help of", *walked.words))
        for line in text.splitlines():
            if PROGRAM in line and not line.strip().startswith("`"):
                found += _in_line(line, place)
    return found


def document_examples(document: Path) -> list[Example]:
    """The examples in a document: lines of its code blocks, and code within its sentences."""
    place, text = str(document.relative_to(ROOT)), document.read_text(encoding="utf-8")
    blocks = text.split("```")
    in_blocks = [line for block in blocks[1::2] for line in block.splitlines() if _is_command(line)]
    inline = [line for block in blocks[::2] for line in _INLINE.findall(block.replace("\n", " "))]
    return [example for line in (*in_blocks, *inline) for example in _in_line(line, place)]


def _is_command(line: str) -> bool:
    return line.strip().startswith(PROGRAM) or bool(_SUBSTITUTED.search(line))


def _in_line(line: str, place: str) -> Iterator[Example]:
    for inner in _SUBSTITUTED.findall(line):
        yield from _in_line(inner, place)
    rest = _SUBSTITUTED.sub("", line)
    if PROGRAM in rest:
        # In a help text, two spaces separate a command from what it does.
        command = re.split(r"  +(?=\w)", rest[rest.index(PROGRAM) :])[0]
        yield from (Example(place, each) for each in _commands(shlex.split(command, comments=True)))


def _commands(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for position, word in enumerate(words):
        if word == PROGRAM:
            rest = words[position + 1 :]
            end = next((index for index, each in enumerate(rest) if _END.fullmatch(each)), len(rest))
            yield tuple(rest[:end])

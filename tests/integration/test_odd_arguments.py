"""Every command with bytes that are not UTF-8 and with control characters: a sentence, and nothing raw to the terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import pytest

from tests import thorough
from tests.examples import all_commands
from tests.integration.exports import Export
from tests.run_command_lines import run_command_lines

ODD = ["x\udcff", "\x1b[31mred", "\u202ex\x07"]
# Verbs that serve, play, reach Stripe, record a demo for minutes, or run until they are stopped; and the bootstrap
# script's own.
NOT_RUN = {"up", "serve", "worker", "demo", "sample", "site", "drill", "bots", "play", "bench", "test"}
NOT_RUN_COMMANDS = {("import", "stripe"), ("import", "stripe-webhook"), ("score", "serve")}
VALUES: dict[str, str] = {
    "integer range": "1",
    "float range": "1",
    "YYYY-MM-DD": "2024-01-01",
    "uuid": "0" * 32,
}


def is_text(param: click.Parameter) -> bool:
    return isinstance(param.type, click.Path) or "text" in param.type.name.lower()


def value_of(param: click.Parameter) -> str:
    if isinstance(param.type, click.Choice):
        return str(param.type.choices[0])
    return VALUES.get(param.type.name, "a")


def words_with(param: click.Parameter, value: str) -> list[str]:
    return [value] if isinstance(param, click.Argument) else [param.opts[-1], value]


def command_lines() -> list[list[str]]:
    """For each command and each of its texts: the command line with an odd value there, and plain ones elsewhere.

    All odd values with `--thorough`, otherwise one.
    """
    lines = []
    for words, command in all_commands():
        if not words or words[0] in NOT_RUN or words in NOT_RUN_COMMANDS or isinstance(command, click.Group):
            continue
        for odd in command.params:
            if not is_text(odd) or odd.name == "metrics_port":
                continue
            for value in thorough.sample(ODD, 1, seed=f"{words} {odd.name}"):
                line = list(words)
                for param in command.params:
                    if param is odd:
                        line += words_with(param, value)
                    elif param.required:
                        line += words_with(param, value_of(param))
                lines.append(line)
        lines += [[*words, f"--{ODD[0]}"], [*words, f"--{ODD[1]}"]]
    return [*lines, *[[value] for value in ODD]]


@pytest.fixture(scope="module")
def results(conninfo: str, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("odd")
    Export(folder / "export").write()
    for name in ("x\udcff", "\x1b[31mred"):
        Path(folder, name).write_text("{}\n")
    environment = {
        **os.environ,
        "KEEPWELL_HOME": str(folder / "home"),
        "KEEPWELL_DATABASE_URL": conninfo,
    }
    # The import makes the workspace that the others act on.
    lines = [["import", "--mapping", "export/shop.yaml", "export"], *command_lines()]
    return run_command_lines(lines, environment=environment, folder=folder)


def test_no_command_ends_with_a_traceback(results: list[dict[str, object]]) -> None:
    assert (len(results) > 100, results[0]["code"]) == (True, 0)
    assert [each for each in results if "Traceback" in str(each["error"])] == []


def test_no_command_prints_a_raw_control_character(results: list[dict[str, object]]) -> None:
    printed = [(each["line"], f"{each['output']}{each['error']}") for each in results]
    assert [each for each in printed if {"\x1b", "\x07", "\u202e"} & set(each[1])] == []

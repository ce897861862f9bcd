"""Runs the command lines of a file, a JSON list of lists of words, one after another in this process.

Prints a JSON list with each line, its exit code and its standard error. An id in a line is an example's, so it is
replaced by the id of a record that exists.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from keepwell.app import cli
from tests.commands import run_command

PATIENCE = 170.0
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def ran(words: Sequence[str]) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a command line."""
    # Not StringIO, which has no buffer for commands that write bytes.
    output, error = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    sys.argv = [cli.keepwell.name or "keepwell", *words]
    with redirect_stdout(output), redirect_stderr(error):
        try:
            cli.main()
        except SystemExit as ended:
            return int(ended.code or 0), text_of(output), text_of(error)
        except Exception:  # noqa: BLE001  whatever the command did wrong is its result
            return 1, text_of(output), traceback.format_exc()
    return 0, text_of(output), text_of(error)


def text_of(stream: io.TextIOWrapper) -> str:
    """What was written to the stream."""
    stream.seek(0)
    return stream.read()


def existing_id(verb: str) -> str:
    """The id of the first record that the verb lists; of members, of one who is not the owner."""
    code, output, error = ran([verb, "list", "--json"])
    assert code == 0, error
    return next(str(each["id"]) for each in json.loads(output) if each.get("role") != "owner")


def prepared(words: Sequence[str]) -> list[str]:
    """The words as they are run: with `~` and ids replaced, and without following files forever."""
    ready = [str(Path(word).expanduser()) if word.startswith("~") else word for word in words]
    ready = [existing_id(words[0]) if UUID.fullmatch(word) else word for word in ready]
    return [*ready, "--once"] if words[0] == "tail" and "--once" not in words else ready


def run_command_lines(
    lines: Sequence[Sequence[str]], *, environment: Mapping[str, str], folder: Path
) -> list[dict[str, Any]]:
    """Run them in one process of their own: each with its exit code, its output and what it said on standard error."""
    file = folder / "command-lines.json"
    file.write_text(json.dumps(lines))
    done = run_command(str(file), environment=environment, folder=folder, module=__name__, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def main() -> None:
    """In the other process."""
    results = []
    # As in a terminal that is wide enough for tables.
    os.environ["COLUMNS"] = "200"
    for line in json.loads(Path(sys.argv[1]).read_text()):
        code, output, error = ran(prepared(line))
        results.append({"line": shlex.join(line), "code": code, "output": output, "error": error})
    json.dump(results, sys.stdout)

"""The plain Python loop that intake is compared with: json, one reused validator, a flush per line.

It has no checksums, no rotation and no durable commits, and reads a file once.
Run as `python -m benchmarks.intake.textbook FILE SCHEMA FOLDER [ROWS]`; prints the numbers of accepted and rejected rows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from jsonschema import Draft202012Validator, ValidationError


def main(arguments: Sequence[str]) -> None:
    """Sort the rows of FILE into FOLDER."""
    source, schema, folder = map(Path, arguments[:3])
    rows = int(arguments[3]) if len(arguments) > 3 else None  # noqa: PLR2004  the last argument
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    taken = refused = 0
    with (
        source.open(encoding="utf-8") as lines,
        (folder / "ok.jsonl").open("w", encoding="utf-8") as accepted,
        (folder / "dlq.jsonl").open("w", encoding="utf-8") as letters,
    ):
        for line in islice(lines, rows):
            try:
                validator.validate(json.loads(line))
            except (ValueError, ValidationError) as error:
                refused += 1
                letters.write(json.dumps({"line": line, "reason": str(error)[:200]}) + "\n")
                letters.flush()
            else:
                taken += 1
                accepted.write(line)
                accepted.flush()
    print(json.dumps({"rows": taken, "dead_letters": refused}))


if __name__ == "__main__":
    main(sys.argv[1:])

"""The TypeScript client in web/packages/api, generated from the description of the API.

Writes web/packages/api/src/generated; with `--check` it only says whether what is there is what would be
written, by its exit code.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from openapi import openapi_json

PACKAGE = Path(__file__).resolve().parents[1] / "web" / "packages" / "api"
GENERATED = PACKAGE / "src" / "generated"
COMMAND = "npm run generate, in web/"


def main(arguments: Sequence[str]) -> None:
    """Generate, or check; ends with 1 where the check or the generator fails."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "generated")
        generate(made)
        if "--check" not in arguments:
            shutil.rmtree(GENERATED, ignore_errors=True)
            shutil.copytree(made, GENERATED)
        elif different := differences(made, GENERATED):
            sys.exit(f"{GENERATED} is not of this API ({', '.join(different)}). Run: {COMMAND}.")


def generate(target: Path) -> None:
    """Write the client of this very API to the folder `target`."""
    description = target.with_name("openapi.json")
    description.write_text(openapi_json(), encoding="utf-8")
    # `./keepwell test` names the npm that it has prepared.
    npm = json.loads(os.environ.get("KEEPWELL_NPM", '["npm"]'))
    asked = ["openapi-ts", "--silent", "--no-log-file", "-i", str(description), "-o", str(target)]
    done = subprocess.run([*npm, "exec", "--offline", "--", *asked], cwd=PACKAGE, check=False)
    if done.returncode:
        sys.exit(f"The generator failed. Where it is missing, run: npm ci, in {PACKAGE.parents[1]}.")


def differences(made: Path, kept: Path) -> list[str]:
    """The names of the files that are not the same in both folders, or not in both."""
    names = {file.name for folder in (made, kept) for file in folder.glob("*")}
    _, mismatched, missing = filecmp.cmpfiles(made, kept, names, shallow=False)
    return sorted([*mismatched, *missing])


if __name__ == "__main__":
    main(sys.argv[1:])

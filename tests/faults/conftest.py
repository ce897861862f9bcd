"""Small disks: separate file systems that fill up for real."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def disk_of() -> Iterator[Callable[[int], Path]]:
    """Mounts a file system of the given size; skips the test if that is not permitted, as it requires root."""
    with ExitStack() as mounted:

        def mount(size: int) -> Path:
            folder = Path(mounted.enter_context(TemporaryDirectory(prefix="keepwell-disk-")))
            # For root, Postgres runs as another user.
            folder.chmod(0o755)
            command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
            if subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip("a small disk cannot be mounted here: that takes root")
            mounted.callback(subprocess.run, ["umount", str(folder)], check=True)
            return folder

        yield mount

"""By what a model is trained: the code, the locked requirements and the libraries of this process."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib import metadata
from pathlib import Path

import keepwell
from keepwell.churn.provenance.model import Code, Environment

_LOCK = "requirements-churn.lock"
# What a figure of a model passes through.
_LIBRARIES = ("duckdb", "ibis-framework", "lightgbm", "msgspec", "numpy", "pyarrow", "scikit-learn", "scipy")
_GIT_SECONDS = 20


def environment() -> Environment:
    """The code and the libraries of this process; null is what cannot be known here."""
    package = Path(keepwell.__file__).parent
    root = package.parents[1]
    lock = root / _LOCK
    return Environment(
        code=_code(package, root),
        lock_sha256=hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
        libraries={"python": platform.python_version(), **_versions()},
    )


def _code(package: Path, root: Path) -> Code:
    commit = _git(root, "rev-parse", "HEAD") if (root / ".git").exists() else None
    changed = None if commit is None else _git(root, "status", "--porcelain", "--", "src", _LOCK)
    return Code(
        version=keepwell.__version__,
        sources_sha256=_sources_hash(package),
        commit=commit,
        is_dirty=None if changed is None else bool(changed),
    )


def _sources_hash(package: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _git(root: Path, *arguments: str) -> str | None:
    """What git answers; None without git, or if it refuses to answer about this folder."""
    try:
        answered = subprocess.run(  # noqa: S603  arguments of our own
            ["git", "-C", str(root), *arguments],  # noqa: S607  wherever the person has it
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answered.stdout.decode(errors="replace").strip()


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found

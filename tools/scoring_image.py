"""Writes deploy/scoring/Dockerfile and environment.yml from requirements-scoring.lock: python3 tools/scoring_image.py.

Standard library only, since tools/lock runs it. Neither file was ever built where it was written.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements-scoring.lock"
FOLDER = Path("deploy", "scoring")
PYTHON = "3.11"
PORT = 8770
_LINE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>.*?))?(?: \\)?$")
_HEAD = """# Written by tools/scoring_image.py from {lock}: change pyproject.toml, then run tools/lock.
"""
# What a marker of the lock says of Linux and this Python; anything else is refused, so that nobody has to trust a guess.
_MARKERS = {
    None: True,
    "sys_platform == 'darwin' or sys_platform == 'linux'": True,
    "sys_platform == 'win32'": False,
    "platform_python_implementation != 'PyPy'": True,
    "implementation_name != 'pypy'": True,
    "implementation_name != 'PyPy' and platform_python_implementation != 'PyPy'": True,
    "python_full_version < '3.12'": True,
    "python_full_version >= '3.12'": False,
}


class Package(NamedTuple):
    """A package of the lock."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def packages_of(lock: str) -> list[Package]:
    """The packages that the lock installs on Linux; exits if a marker is not one of those that are known here."""
    found = []
    for line in lock.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        marker = match["marker"]
        if marker not in _MARKERS:
            sys.exit(f"{LOCK}: {match['name']}: say in tools/scoring_image.py what {marker!r} is on Linux.")
        if _MARKERS[marker]:
            found.append(Package(match["name"], match["version"]))
    return found


def dockerfile(lock: str) -> str:
    """An image that serves scores, for a Postgres that KEEPWELL_DATABASE_URL names."""
    digest = hashlib.sha256(lock.encode()).hexdigest()
    named = " \\\n    ".join(map(str, packages_of(lock)))
    return f"""{_HEAD.format(lock=LOCK)}# Build it in the checkout's folder: docker build -f {FOLDER}/Dockerfile -t keepwell-scoring .
FROM python:{PYTHON}-slim

LABEL keepwell.packages="\\
    {named}"

# LightGBM's library needs it.
RUN apt-get update \\
 && apt-get install --yes --no-install-recommends libgomp1 \\
 && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/keepwell
COPY {LOCK} ./
RUN echo "{digest}  {LOCK}" | sha256sum --check \\
 && pip install --no-cache-dir --require-hashes -r {LOCK}
COPY src/keepwell src/keepwell
COPY migrations migrations

ENV PYTHONPATH=/srv/keepwell/src PYTHONDONTWRITEBYTECODE=1 KEEPWELL_HOME=/var/lib/keepwell
RUN useradd --system keepwell && install --directory --owner keepwell --mode 700 /var/lib/keepwell
USER keepwell
EXPOSE {PORT}
HEALTHCHECK CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:{PORT}/v2/health/ready', timeout=5)"]
ENTRYPOINT ["python", "-m", "keepwell.app.cli", "score", "serve", "--host", "0.0.0.0", "--port", "{PORT}"]
CMD ["--processes", "2"]
"""


def environment(lock: str) -> str:
    """The same as an environment of conda."""
    named = "\n".join(f"      - {each}" for each in packages_of(lock))
    return f"""{_HEAD.format(lock=LOCK)}# conda env create -f {FOLDER}/environment.yml; then, in the checkout's folder:
# PYTHONPATH=src python -m keepwell.app.cli score serve
name: keepwell-scoring
channels:
  - conda-forge
dependencies:
  - python={PYTHON}
  - libgomp
  - pip
  - pip:
{named}
"""


def main() -> None:
    """Write both files."""
    lock = (ROOT / LOCK).read_text(encoding="utf-8")
    folder = ROOT / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Dockerfile").write_text(dockerfile(lock), encoding="utf-8")
    (folder / "environment.yml").write_text(environment(lock), encoding="utf-8")


if __name__ == "__main__":
    main()

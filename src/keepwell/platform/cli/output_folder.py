"""A folder that a command writes as a whole: first beside its place, and put there when it is complete.

What somebody else has put into the folder, or beside it, is never removed.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from keepwell.platform.errors import Conflict, StorageFull, Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT}
_NAMED = 3

# The names at the top of a folder that an earlier run wrote; none if it has nothing of one.
OwnNames = Callable[[Path], Collection[str]]


@contextmanager
def output_folder(folder: Path, *, own: OwnNames, marker: str, hint: str) -> Iterator[Path]:
    """A new folder whose files take their places in `folder` at the end, instead of those that an earlier run wrote.

    `own` recognises these by the file `marker`, which is put there last. The earlier files stay if that fails, and nothing
    is left of the new ones. Raises Conflict if anything else is in `folder`, StorageFull if the disk is, Unavailable if it
    cannot be written; `hint` says how to name another folder.
    """
    place = folder.resolve()
    # In the same file system, under a name that nobody gives to a folder of their own.
    new = place.parent / f".{place.name}.keepwell-unfinished"
    try:
        earlier = _earlier(place, own, shown=folder, hint=hint)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        yield new
        place.mkdir(exist_ok=True)
        _put(new, place, earlier=earlier, marker=marker)
    except OSError as error:
        if error.errno in _FULL:
            more = f"Free space, or name a folder on another disk; what was in {folder} is still there."
            raise StorageFull(f"The disk of {folder} is full.", hint=more) from error
        raise Unavailable(f"Cannot write {folder}: {error.strerror or error}.", hint=hint) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _earlier(place: Path, own: OwnNames, *, shown: Path, hint: str) -> Collection[str]:
    if not place.exists():
        return ()
    found = sorted(each.name for each in place.iterdir())
    earlier = set(own(place)) if found else set()
    if others := [name for name in found if name not in earlier]:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise Conflict(
            f"{shown} contains something else: {', '.join(others[:_NAMED])}{more}.",
            hint=f"Move it away. {hint}",
        )
    return found


def _put(new: Path, place: Path, *, earlier: Collection[str], marker: str) -> None:
    names = sorted((each.name for each in new.iterdir()), key=lambda name: name == marker)
    for name in names:
        if (place / name).is_dir():
            shutil.rmtree(place / name)
        (new / name).replace(place / name)
    for name in set(earlier) - set(names):
        if (place / name).is_dir():
            shutil.rmtree(place / name)
        else:
            (place / name).unlink(missing_ok=True)

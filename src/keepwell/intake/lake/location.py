"""A lake together with the journals that it is built from, held by one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from keepwell.intake.files import Fs, LocalFs
from keepwell.intake.lake.manifest import Manifest
from keepwell.intake.lake.sources import Inlet, open_inlets
from keepwell.intake.lake.storage import Folder, open_folder
from keepwell.intake.lake.writer import LakeWriter, writing


class Place:
    """An intake folder, and where its lake is: a path or a URL."""

    def __init__(self, intake_root: Path, lake: str | Path, *, files: Fs | None = None) -> None:
        self.intake_root = intake_root
        self.files = files or LocalFs()
        self.lake = lake

    def folder(self) -> Folder:
        """The lake's folder."""
        return open_folder(self.lake, files=self.files)


def workspace_lake(lake_root: str | Path, workspace_id: UUID) -> str:
    """Where the lake of a workspace is."""
    return f"{str(lake_root).rstrip('/')}/workspace={workspace_id}"


@contextmanager
def context(place: Place, new: Manifest, *, held_for: str) -> Iterator[tuple[LakeWriter, list[Inlet]]]:
    """Hold the journals and the lake of `place`, which begins as `new` where there is none.

    Raises Conflict naming the process that holds them.
    """
    with (
        open_inlets(place.intake_root, held_for=held_for, files=place.files) as inlets,
        writing(place.folder(), held_for=held_for, new=new) as lake,
    ):
        yield lake, inlets

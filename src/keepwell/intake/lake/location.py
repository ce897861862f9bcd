"""A lake together with the journals that it is built from, locked by one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from keepwell.intake.files import Fs, LocalFs
from keepwell.intake.lake.manifest import Manifest
from keepwell.intake.lake.sources import LakeSource, open_sources
from keepwell.intake.lake.storage import LakeStorage, open_storage
from keepwell.intake.lake.writer import LakeWriter, open_writer


class LakeLocation:
    """An intake folder, and the path or URL of its lake."""

    def __init__(self, intake_root: Path, lake: str | Path, *, files: Fs | None = None) -> None:
        self.intake_root = intake_root
        self.files = files or LocalFs()
        self.lake = lake

    def storage(self) -> LakeStorage:
        """The lake's storage."""
        return open_storage(self.lake, files=self.files)


def workspace_lake(lake_root: str | Path, workspace_id: UUID) -> str:
    """The location of the lake of a workspace."""
    return f"{str(lake_root).rstrip('/')}/workspace={workspace_id}"


@contextmanager
def open_exclusively(
    location: LakeLocation, new: Manifest, *, purpose: str
) -> Iterator[tuple[LakeWriter, list[LakeSource]]]:
    """Lock the journals and the lake at `location`; a missing lake begins as `new`.

    Raises Conflict naming the process that holds them.
    """
    with (
        open_sources(location.intake_root, purpose=purpose, files=location.files) as sources,
        open_writer(location.storage(), purpose=purpose, new=new) as lake,
    ):
        yield lake, sources

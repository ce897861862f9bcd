"""Where the files of a lake are: in a local folder, or behind any URL that fsspec supports."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import urlsplit

import fsspec

from keepwell.intake.files import Fs, LocalFs, create_folder, disk_errors, exclusive_lock
from keepwell.platform.errors import CorruptData, DataValidationError, InfrastructureError, Unavailable

LOCK_FILE = "lake.lock"
REBUILD = "Run `keepwell lake build --check`: it rebuilds missing or damaged files from the journal."


class LakeStorage(Protocol):
    """The files of a lake by name, such as `day=2024-05-01/http-ok-000000.parquet`.

    Every call raises InfrastructureError, or StorageFull, naming the file.
    """

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if it does not exist."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A seekable file, opened for reading; raises CorruptData if it is missing."""
        ...

    def publish(self, name: str, content: bytes) -> None:
        """Write `content` under this name atomically, replacing an existing file; durable after `sync`."""
        ...

    def sync(self) -> None:
        """Return once every published and removed name is durable."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; a missing one is not an error."""
        ...

    def files(self) -> Mapping[str, int]:
        """Every file in the folders of the days, with its length in bytes."""
        ...

    def address(self, name: str) -> str:
        """The path or URL by which an engine reads the file."""
        ...

    @property
    def filesystem(self) -> Any:
        """The fsspec file system that an engine needs to read it; None for local files."""
        ...

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Lock out other writers on this machine; raises Conflict naming the process that writes."""
        ...


def open_storage(location: str | Path, *, files: Fs | None = None) -> LakeStorage:
    """The storage at `location`: a path, or a URL such as s3://bucket/lake; it need not exist yet.

    Raises DataValidationError for an unsupported URL, Unavailable if its package is not installed.
    """
    address = str(location)
    scheme = urlsplit(address).scheme if "://" in address else "file"
    if scheme == "file":
        return LocalStorage(Path(address.removeprefix("file://")).absolute(), files=files or LocalFs())
    try:
        filesystem, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise Unavailable(
            f"{address}: {error}.", hint=f"Install the package that fsspec needs for {scheme}://."
        ) from error
    except ValueError as error:
        raise DataValidationError(
            f"{address}: {error}.", hint="Name a folder, or a URL that fsspec supports."
        ) from error
    return RemoteStorage(filesystem, PurePosixPath(path))


class LocalStorage:
    """A local folder."""

    filesystem = None

    def __init__(self, path: Path, *, files: Fs) -> None:
        self._path = path
        self._files = files
        self._changed: set[Path] = set()

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if it does not exist."""
        path = self._path / name
        with disk_errors(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def open(self, name: str) -> BinaryIO:
        """A file, opened for reading."""
        path = self._path / name
        with disk_errors(path):
            try:
                return path.open("rb")
            except FileNotFoundError as error:
                raise _gone(self.address(name)) from error

    def publish(self, name: str, content: bytes) -> None:
        """Write a temporary file, sync it, and rename it."""
        path = self._path / name
        if path.parent not in self._changed:
            create_folder(path.parent, files=self._files)
            self._changed.add(path.parent)
        temporary = path.with_name(f"{path.name}.tmp")
        descriptor = self._files.open(temporary)
        try:
            self._files.truncate(descriptor, 0, path=temporary)
            self._files.write(descriptor, content, path=temporary)
            self._files.fdatasync(descriptor, path=temporary)
        finally:
            os.close(descriptor)
        self._files.rename(temporary, path)

    def sync(self) -> None:
        """Sync the folders that changed."""
        for folder in sorted(self._changed):
            self._files.sync_directory(folder)
        self._changed.clear()

    def remove(self, name: str) -> None:
        """Remove a file, and with the last one its day's folder."""
        path = self._path / name
        self._files.remove(path)
        with disk_errors(path.parent):
            is_empty = path.parent.exists() and not any(path.parent.iterdir())
            if is_empty and path.parent != self._path:
                path.parent.rmdir()
                path = path.parent
                self._changed.discard(path)
        if path.parent.exists():
            self._changed.add(path.parent)

    def files(self) -> Mapping[str, int]:
        """Every file in the folders of the days, with its length."""
        with disk_errors(self._path):
            paths = (path for path in self._path.glob("*/*") if path.is_file())
            return {path.relative_to(self._path).as_posix(): path.stat().st_size for path in paths}

    def address(self, name: str) -> str:
        """The file's path."""
        return str(self._path / name)

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Lock the lock file in the folder, which is created if missing."""
        create_folder(self._path, files=self._files)
        with exclusive_lock(self._path / LOCK_FILE, purpose=purpose):
            yield


class RemoteStorage:
    """A folder behind a URL, where files are replaced as a whole, as in object stores.

    There is no lock: the writer of the manifest detects whether another one wrote before it.
    """

    def __init__(self, filesystem: Any, path: PurePosixPath) -> None:
        self.filesystem = filesystem
        self._path = path

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if it does not exist."""
        with self._errors(name):
            try:
                return cast("bytes", self.filesystem.cat_file(self._of(name)))
            except FileNotFoundError:
                return None

    def open(self, name: str) -> BinaryIO:
        """A file, opened for reading."""
        with self._errors(name):
            try:
                return cast("BinaryIO", self.filesystem.open(self._of(name), "rb"))
            except FileNotFoundError as error:
                raise _gone(self.address(name)) from error

    def publish(self, name: str, content: bytes) -> None:
        """Put the file; what a store acknowledges is durable."""
        with self._errors(name):
            self.filesystem.makedirs(self._of(str(PurePosixPath(name).parent)), exist_ok=True)
            self.filesystem.pipe_file(self._of(name), content)

    def sync(self) -> None:
        """Nothing to do: what was put is durable."""

    def remove(self, name: str) -> None:
        """Remove a file."""
        with self._errors(name):
            if self.filesystem.exists(self._of(name)):
                self.filesystem.rm_file(self._of(name))

    def files(self) -> Mapping[str, int]:
        """Every file in the folders of the days, with its length."""
        with self._errors(""):
            self.filesystem.invalidate_cache()
            found = self.filesystem.find(str(self._path), detail=True)
        sizes = {PurePosixPath(path).relative_to(self._path): each["size"] for path, each in found.items()}
        return {path.as_posix(): size for path, size in sizes.items() if len(path.parts) > 1}

    def address(self, name: str) -> str:
        """The file's URL."""
        return cast("str", self.filesystem.unstrip_protocol(self._of(name)))

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:  # noqa: ARG002  the protocol's signature
        """There are no locks behind a URL."""
        yield

    def _of(self, name: str) -> str:
        return str(self._path / name)

    @contextmanager
    def _errors(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InfrastructureError(
                f"{self.address(name)}: {error}.", hint="Fix the store and run the same command again."
            ) from error


def _gone(address: str) -> CorruptData:
    return CorruptData(f"{address}: is missing.", hint=REBUILD)

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
import zstandard

from keepwell.intake.convert.plain_files import plain_file, published
from keepwell.platform.errors import DataValidationError, InfrastructureError, KeepwellError

TEXT = b"".join(b"%d %d\n" % (number, hash(str(number))) for number in range(50_000))


def packed(folder: Path, suffix: str) -> Path:
    path = folder / f"in.jsonl{suffix}"
    path.write_bytes(gzip.compress(TEXT) if suffix == ".gz" else zstandard.compress(TEXT))
    return path


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_file_is_read_as_text(tmp_path: Path, suffix: str) -> None:
    with plain_file(packed(tmp_path, suffix)) as plain:
        assert plain.read_bytes() == TEXT
        assert plain.name == "in.jsonl"
    assert not plain.exists()


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_truncated_compressed_file_is_refused_by_name(tmp_path: Path, suffix: str) -> None:
    path = packed(tmp_path, suffix)
    path.write_bytes(path.read_bytes()[:-50_000])
    with pytest.raises(DataValidationError, match=f"{path} cannot be decompressed"), plain_file(path):
        pass


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_damaged_compressed_file_is_refused_by_name(tmp_path: Path, suffix: str) -> None:
    path = packed(tmp_path, suffix)
    damaged = bytearray(path.read_bytes())
    damaged[3] ^= 0xFF
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(DataValidationError, match="cannot be decompressed"), plain_file(path):
        pass


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.jsonl.gz", "folder.gz", "folder.csv"])
def test_missing_file_or_folder_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.gz").mkdir()
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataValidationError, match=f"no file .*{name}"), plain_file(tmp_path / name):
        pass


def test_file_gets_its_name_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with published(path) as write:
        write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_error_leaves_the_existing_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"before")
    with pytest.raises(KeepwellError), published(path) as write:
        write(b"half")
        raise KeepwellError
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_unneeded_file_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"of an earlier run")
    with published(path, is_needed=lambda: False):
        pass
    assert list(tmp_path.iterdir()) == []


def test_link_keeps_pointing_at_its_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    with published(tmp_path / "link") as write:
        write(b"whole")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"whole"


def test_device_or_pipe_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataValidationError, match="not a regular file"), published(tmp_path / "pipe"):
        pass
    assert (tmp_path / "pipe").is_fifo()


def test_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "out"
    with pytest.raises(InfrastructureError, match=str(path)), published(path):
        pass

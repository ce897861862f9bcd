"""Compressed files are recognised by their content, and read as far as they can be read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from keepwell.intake.follow.readers import FileDamaged, FileReader, open_reader
from tests.unit.intake.follow.logs import Logs, compress, line, lines

TEXT = b"".join(line(number, random.Random(number).randbytes(30).hex()) for number in range(20_000))
SUFFIXES = [".gz", ".bz2", ".xz", ".zst"]


def opened(path: Path) -> FileReader:
    reader = open_reader(path)
    assert reader is not None
    return reader


def read_until_damage(path: Path) -> tuple[bytes, str]:
    reader, text = opened(path), b""
    try:
        while piece := reader.read(len(text), 1 << 20):
            text += piece
    except FileDamaged as damage:
        return text, str(damage)
    finally:
        reader.close()
    return text, ""


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", ["rows", "rows.log", "rows.gz", "rows.zst"])
def test_compression_is_known_by_content_whatever_the_name(tmp_path: Path, suffix: str, name: str) -> None:
    (tmp_path / name).write_bytes(compress(TEXT, suffix))
    assert read_until_damage(tmp_path / name) == (TEXT, "")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_text_under_the_name_of_a_compressed_file_is_text(tmp_path: Path, suffix: str) -> None:
    logs = Logs(tmp_path, pattern="*")
    logs.append(f"app.log{suffix}", lines(range(3)))
    logs.poll(is_last=True)
    assert (logs.numbers(), logs.letters()) == ([0, 1, 2], [])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_several_members_and_zeros_after_them_are_one_text(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "a").write_bytes(compress(TEXT, suffix) + compress(b"more", suffix) + bytes(512))
    assert read_until_damage(tmp_path / "a") == (TEXT + b"more", "")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_cut_off_gives_its_text_up_to_there(tmp_path: Path, suffix: str) -> None:
    packed = compress(TEXT, suffix)
    (tmp_path / "a").write_bytes(packed[: len(packed) * 9 // 10])
    text, damage = read_until_damage(tmp_path / "a")
    assert TEXT.startswith(text)
    # What is compressed in blocks loses the last one.
    assert len(text) > (0.85 if suffix == ".gz" else 0.3 if suffix == ".bz2" else 0.7) * len(TEXT)
    assert "too early" in damage


def test_a_damaged_gzip_file_gives_its_text_up_to_the_damage(tmp_path: Path) -> None:
    packed = bytearray(compress(TEXT, ".gz"))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) // 2)
    (tmp_path / "a").write_bytes(packed)
    text, damage = read_until_damage(tmp_path / "a")
    # The first bytes of the damage may still mean something.
    assert text.startswith(TEXT[: int(0.45 * len(TEXT))])
    assert damage


def test_a_file_that_is_cut_off_is_a_dead_letter_with_its_last_line_and_a_trouble(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="*")
    packed = compress(lines(range(2_000)), ".gz")
    (logs.folder / "app.log.gz").write_bytes(packed[: len(packed) // 2])
    assert "too early" in logs.poll(is_last=True).troubles[str(logs.folder / "app.log.gz")]
    numbers, (letter,) = logs.numbers(), logs.letters()
    assert numbers == list(range(len(numbers)))
    assert (letter.code, letter.line) == ("damaged-file", len(numbers) + 1)
    assert lines([len(numbers)]).startswith(letter.row.encode())
    assert not logs.poll(is_last=True).troubles


def test_a_file_that_is_cut_off_is_read_on_once_it_is_complete(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="*")
    packed = compress(lines(range(2_000)), ".gz")
    path = logs.folder / "app.log.gz"
    path.write_bytes(packed[:-20])
    with logs.followed() as tail:
        first = tail.poll().troubles
        assert tail.poll().troubles == first
        path.write_bytes(packed)
        assert not tail.poll().troubles
    assert logs.numbers() == list(range(2_000))

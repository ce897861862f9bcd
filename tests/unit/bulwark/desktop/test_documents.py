from __future__ import annotations

from pathlib import Path

import pytest

from bulwark.desktop.documents import keep_document, read_document
from bulwark.desktop.errors import DesktopError
from bulwark.desktop.home import find_home
from bulwark.desktop.settings import Progress, Settings, stars_of


def test_settings_that_were_kept_are_read_again(tmp_path: Path) -> None:
    settings = Settings(effects=0.25, music=0.0, bindings={"sell": ["key:z"]})

    keep_document(tmp_path / "settings.json", settings)

    assert read_document(tmp_path / "settings.json", Settings()) == (settings, "")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'{"effects": ', "settings.json"),
        (b'{"effects": 7}', "$.effects"),
        (b'{"music": "loud"}', "$.music"),
        (b'{"bindings": {"jump": ["key:j"]}}', "jump"),
        (b'{"bindings": {"sell": [3]}}', "$.bindings[...][0]"),
        (b'{"volume": 1}', "volume"),
        (b"\xff\xfe\x00", "settings.json"),
    ],
)
def test_damaged_settings_are_told_by_their_field_and_kept_aside(
    tmp_path: Path, content: bytes, named: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)

    settings, notice = read_document(path, Settings())

    assert settings == Settings()
    assert named in notice
    assert "settings.json.damaged-1" in notice
    assert (tmp_path / "settings.json.damaged-1").read_bytes() == content
    assert not path.exists()


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for content in (b"one", b"two"):
        path.write_bytes(content)
        read_document(path, Settings())

    kept = [(tmp_path / f"settings.json.damaged-{n}").read_bytes() for n in (1, 2)]
    assert kept == [b"one", b"two"]


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(DesktopError) as caught:
        keep_document(tmp_path / "file" / "settings.json", Settings())

    assert "settings.json" in caught.value.message
    assert caught.value.hint


def test_the_home_is_where_the_variable_says() -> None:
    home = find_home({"BULWARK_HOME": "/elsewhere"})

    assert home.settings == Path("/elsewhere/settings.json")
    assert home.checkpoint.is_relative_to("/elsewhere")


def test_without_the_variable_the_home_is_the_systems_folder_for_it() -> None:
    assert "bulwark" in find_home({}).settings.parts


def test_the_better_of_two_wins_is_kept() -> None:
    progress = Progress().won("meadow", difficulty="hard", stars=2).won("meadow", difficulty="hard", stars=1)

    assert progress.of("meadow", "hard") == 2
    assert progress.of("meadow", "easy") == 0


@pytest.mark.parametrize(("lives", "stars"), [(20, 3), (19, 2), (10, 2), (9, 1), (1, 1), (0, 0)])
def test_stars_are_given_for_the_lives_that_are_left(lives: int, stars: int) -> None:
    assert stars_of(lives=lives, of=20) == stars

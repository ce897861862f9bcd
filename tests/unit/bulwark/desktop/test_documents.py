from __future__ import annotations

from pathlib import Path

import pytest

from bulwark.desktop.errors import DesktopError
from bulwark.desktop.profile.claim import claimed
from bulwark.desktop.profile.documents import load_document, save_document
from bulwark.desktop.profile.home import locate_home
from bulwark.desktop.profile.settings import Progress, Settings


def test_saved_settings_are_loaded_again(tmp_path: Path) -> None:
    settings = Settings(effects=0.25, music=0.0, bindings={"sell": ["key:z"]})

    save_document(tmp_path / "settings.json", settings)

    assert load_document(tmp_path / "settings.json", Settings()) == (settings, "")


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
def test_damaged_settings_are_reported_by_field_and_set_aside(
    tmp_path: Path, content: bytes, named: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)

    settings, notice = load_document(path, Settings())

    assert settings == Settings()
    assert named in notice
    assert "settings.json.damaged-1" in notice
    assert (tmp_path / "settings.json.damaged-1").read_bytes() == content
    assert not path.exists()


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for content in (b"one", b"two"):
        path.write_bytes(content)
        load_document(path, Settings())

    kept = [(tmp_path / f"settings.json.damaged-{n}").read_bytes() for n in (1, 2)]
    assert kept == [b"one", b"two"]


def test_an_unwritable_folder_is_reported_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(DesktopError) as caught:
        save_document(tmp_path / "file" / "settings.json", Settings())

    assert "settings.json" in caught.value.message
    assert caught.value.hint


def test_the_home_folder_follows_the_environment_variable() -> None:
    home = locate_home({"BULWARK_HOME": "/elsewhere"})

    assert home.settings == Path("/elsewhere/settings.json")
    assert home.checkpoint("meadow").is_relative_to("/elsewhere")


def test_without_the_variable_the_home_folder_is_the_platform_default() -> None:
    assert "bulwark" in locate_home({}).settings.parts


def test_progress_keeps_the_better_of_two_wins() -> None:
    progress = Progress().won("meadow", difficulty="hard", stars=2).won("meadow", difficulty="hard", stars=1)

    assert progress.of("meadow", "hard") == 2
    assert progress.of("meadow", "easy") == 0


def test_deeply_nested_progress_is_reported_and_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    path.write_bytes(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")

    progress, notice = load_document(path, Progress())

    assert progress == Progress()
    assert "progress.json.damaged-1" in notice


def test_a_second_program_may_not_use_the_same_files(tmp_path: Path) -> None:
    home = locate_home({"BULWARK_HOME": str(tmp_path)})
    with claimed(home), pytest.raises(DesktopError, match="already open"), claimed(home):
        pass

    with claimed(home):
        """The first has ended."""


def test_files_that_cannot_be_written_need_no_claim(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with claimed(locate_home({"BULWARK_HOME": str(tmp_path / "file")})):
        """Nothing can be lost there."""

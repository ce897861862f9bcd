from __future__ import annotations

from pathlib import Path

from keepwell.platform.config import read_settings


def test_an_explicit_home_wins_over_the_environment(tmp_path: Path) -> None:
    settings = read_settings({"KEEPWELL_HOME": "/elsewhere"}, home=tmp_path)
    assert settings.home == tmp_path


def test_the_home_of_the_environment_is_made_absolute() -> None:
    assert read_settings({"KEEPWELL_HOME": "data"}).home == Path.cwd() / "data"


def test_without_either_the_home_is_the_platforms_user_data_folder() -> None:
    assert read_settings({}).home.name == "keepwell"


def test_empty_variables_are_as_good_as_none() -> None:
    settings = read_settings({"KEEPWELL_DATABASE_URL": "", "KEEPWELL_PG_BIN": "", "KEEPWELL_PG_USER": ""})
    assert (settings.database_url, settings.postgres_binaries, settings.postgres_user) == (None, None, None)

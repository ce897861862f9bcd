"""Applications that several tests use, since creating one costs more than most tests of it."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import pytest
from litestar import Litestar

from keepwell.app import http
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import Runtime

# The name of the home that the tests of a worker share.
SHARED_HOME = "shared-home"
UNLIMITED = 1_000_000


def settings_on(conninfo: str, folders: pytest.TempPathFactory) -> Settings:
    """Settings with a new home, whose tests use one application."""
    return Settings(
        home=folders.mktemp("home") / SHARED_HOME,
        database_url=conninfo,
        requests_per_minute=UNLIMITED,
        sign_ins_per_minute=UNLIMITED,
    )


class _CurrentDatabase:
    """The database of the running test, in place of one that the application keeps."""

    def __init__(self) -> None:
        self.current: Database

    def __getattr__(self, name: str) -> Any:
        return getattr(self.current, name)


class _Kept(NamedTuple):
    app: Litestar
    database: _CurrentDatabase
    # Kept alive too, so that no other runtime gets its number.
    runtime: Runtime


_kept: dict[tuple[Settings, int | None], _Kept] = {}


def create_app(database: Database, *, settings: Settings, runtime: Runtime) -> Litestar:
    """As the product's; on a shared home, the same for every test with these settings and this runtime."""
    if settings.home.name != SHARED_HOME:
        return http.create_app(database, settings=settings, runtime=runtime)
    key = settings, None if isinstance(runtime.clock, SystemClock) else id(runtime)
    if key not in _kept:
        standing = _CurrentDatabase()
        app = http.create_app(cast(Database, standing), settings=settings, runtime=runtime)
        _kept[key] = _Kept(app, standing, runtime)
    _kept[key].database.current = database
    return _kept[key].app

"""The Play page: the game's files, and the write key for the events of its matches."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from litestar import get
from litestar.di import NamedDependency

from keepwell.app.assets.kept_files import kept_forever
from keepwell.app.assets.static_files import GAME_PATH
from keepwell.identity.model import Actor
from keepwell.identity.permissions import Permission
from keepwell.identity.write_keys import service as write_keys
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.http.routes import (
    LIVE_RIGHTS,
    InTransaction,
    TheRuntime,
    TheSettings,
    problems,
    requires,
)
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import secret_of

_KEY_NAME = "Play page"
_DIGEST_LENGTH = 16

_BUILT = Path(str(files("bulwark"))) / "assets" / "built"


@cache
def game_path(built: Path) -> str | None:
    """The path of the game's files, which contains a digest of their manifest; None if they are not built.

    Cached, so that it stays the same as the route that serves it.
    """
    manifest = built / "manifest.json"
    if not manifest.is_file():
        return None
    return f"{GAME_PATH}/{hashlib.sha256(manifest.read_bytes()).hexdigest()[:_DIGEST_LENGTH]}"


class Play(msgspec.Struct, frozen=True):
    """What the Play page needs: the path of the game's files, null if they are not built, and a write key.

    `write_key` is null for a caller who may not write, and then no events are sent.
    """

    assets: str | None
    write_key: str | None


@get(
    "/v1/play",
    opt=requires("read") | LIVE_RIGHTS,
    tags=["play"],
    summary="What the Play page needs",
    operation_id="getPlay",
    responses=problems(),
)
async def get_play(
    actor: NamedDependency[Actor],
    connection: InTransaction,
    settings: TheSettings,
    runtime: TheRuntime,
) -> Play:
    """The game's files, and a key that can send events into this workspace and nothing else."""
    # A credential gives out no right that it does not have, and sending events is one.
    write_key = None
    if Permission.WRITE in actor.principal.permissions:
        write_key = await _write_key(connection, actor, settings=settings, runtime=runtime)
    return Play(assets=game_path(_BUILT), write_key=write_key)


async def _write_key(connection: Connection, actor: Actor, *, settings: Settings, runtime: Runtime) -> str:
    secret = secret_of(settings.secret_file)
    workspace_id = actor.principal.workspace_id

    def derive(number: int) -> str:
        text = f"play page {workspace_id} {number}"
        digest = hmac.new(secret, text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    return await write_keys.ensure_derived_key(
        connection, actor, name=_KEY_NAME, derive=derive, runtime=runtime
    )


def routes() -> Sequence[Any]:
    """The page's route, and the game's files if they are built."""
    path = game_path(_BUILT)
    return [get_play] if path is None else [get_play, kept_forever(path, _BUILT)]

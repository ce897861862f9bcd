"""Asks before a kept match is replaced by another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.match import describe
from bulwark.desktop.profile.kept import is_begun, is_same_match
from bulwark.desktop.screens.confirmation import Answer, ConfirmScreen
from bulwark.errors import SaveError
from bulwark.saves.files import load_match
from bulwark.sim.match import Match


def replace_kept(
    app: App,
    path: Path,
    *,
    by: Match | None,
    rewinding: bool = False,
    act: Callable[[], None],
    resume: Callable[[Path], None],
) -> None:
    """Do `act`, which replaces the match kept at `path` by the match `by`, or by a new one.

    Asks first, unless nothing is lost: no match is kept there, nothing was done in it, or it is the same match at an
    earlier tick; or at a later one, and the player asked for an earlier save of the match (`rewinding`).
    """
    if not path.exists():
        act()
        return
    try:
        kept = load_match(path, app.maps)
    except SaveError as error:
        text = f"It cannot be read, but it is there: {error.message}"
    else:
        continued = by is not None and is_same_match(kept, by) and (rewinding or kept.tick <= by.tick)
        if continued or not is_begun(kept):
            act()
            return
        text = f"{describe.standing(kept)}. Only one match can be kept here."
    app.ask(
        ConfirmScreen(
            app,
            title="Another match is kept here",
            text=text,
            answers=(
                Answer("resume", "Resume the kept match", lambda: resume(path)),
                Answer("yes", "Replace the kept match", act),
            ),
        )
    )

"""Asks before a kept match is replaced by another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bulwark.desktop.app import App
from bulwark.desktop.match import describe
from bulwark.desktop.profile.kept import continues, is_begun, is_same_match
from bulwark.desktop.screens.confirmation import Answer, ConfirmScreen
from bulwark.errors import SaveError
from bulwark.saves.files import load_saved
from bulwark.saves.matches import Saved


def replace_kept(
    app: App,
    path: Path,
    *,
    by: Saved | None,
    rewinding: bool = False,
    act: Callable[[], None],
    resume: Callable[[Path], None],
) -> None:
    """Do `act`, which replaces the match kept at `path` by the match `by`, or by a new one.

    Asks first, unless nothing is lost: no match is kept there, nothing was done in it, or `by` has all of it and goes
    on from there; or the player asked for another save of the same match (`rewinding`).
    """
    if not path.exists():
        act()
        return
    try:
        kept = load_saved(path, app.maps)
    except SaveError as error:
        text = f"It cannot be read, but it is there: {error.message}"
    else:
        if not is_begun(kept.match) or (by is not None and _is_wanted(by, kept, rewinding=rewinding)):
            act()
            return
        text = f"{describe.standing(kept.match)}. Only one match can be kept here."
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


def _is_wanted(by: Saved, kept: Saved, *, rewinding: bool) -> bool:
    return continues(by, kept) or (rewinding and is_same_match(by.match, kept.match))

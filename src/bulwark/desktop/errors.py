"""Why the desktop player cannot run."""

from __future__ import annotations

from bulwark.errors import BulwarkError


class DesktopError(BulwarkError):
    """No display, no window, or one of the player's files cannot be written."""

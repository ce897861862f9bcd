"""What keeps the desktop player from running."""

from __future__ import annotations

from bulwark.errors import BulwarkError


class DesktopError(BulwarkError):
    """No display, no window, or a file of the player's own that cannot be written."""

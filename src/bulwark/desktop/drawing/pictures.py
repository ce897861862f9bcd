"""Pictures as their files have them: decoding one takes ten times as long as fitting it to the window."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pygame


@cache
def decoded(path: Path) -> pygame.Surface:
    """The picture, decoded once; raises OSError or pygame.error if it cannot be read."""
    return pygame.image.load(path)

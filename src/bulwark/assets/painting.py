"""SVG to PNG by resvg, without the machine's fonts: the same drawing is the same bytes."""

from __future__ import annotations

import resvg_py

from bulwark.errors import AssetError


def paint(svg: str) -> bytes:
    """The drawing as PNG, a pixel a unit. Raises AssetError where it is no SVG."""
    try:
        return resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    except ValueError as error:
        raise AssetError(
            f"This drawing cannot be painted: {error}.", hint="Undo what was changed last."
        ) from error

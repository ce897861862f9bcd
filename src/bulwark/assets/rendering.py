"""SVG to PNG with resvg, without system fonts: the same drawing gives the same bytes."""

from __future__ import annotations

import resvg_py

from bulwark.errors import AssetError


def render_png(svg: str, *, name: str = "This drawing") -> bytes:
    """The drawing as PNG, one pixel per unit. Raises AssetError naming it if it is not valid SVG."""
    try:
        return resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    except ValueError as error:
        raise AssetError(f"{name} cannot be rendered: {error}.", hint="Undo the last change.") from error
